"""A family of models: what is special about turning its checkpoints into GGUF. Each is a file of `families/`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from ...errors import InvalidModelError
from .checkpoint.repository import Repository
from .checkpoint.scales import unscaled
from .checkpoint.tensor import Tensor
from .config import Config, text_config
from .file_types import FILE_TYPES
from .parameters import common_parameters
from .rope import rope_parameters

if TYPE_CHECKING:
    import gguf

Named = tuple[str, Tensor]


class Family:
    """What all families share; a subclass says what differs.

    It is asked in this order: `keep` for each name that the checkpoint has; `unscaled`; `extra`; `convert` for each
    tensor kept; `parameters`; `vocabulary`. `keys` is gguf's own writer, used as a list of keys that knows their names
    and types; nothing is ever written with it.
    """

    takes: ClassVar[tuple[str, ...]] = ()
    """Names in config.json's `architectures` of which this is the family."""
    architecture: ClassVar[str]
    """`general.architecture`, by which gguf also knows the names of its tensors."""
    defaults: ClassVar[Mapping[str, Any]] = {}
    """What a config.json that does not say it means, as transformers has it: only what gets into the metadata."""

    def __init__(self, repository: Repository) -> None:
        import gguf

        self.repository = repository
        values = {key: value for key, value in text_config(repository.config).items() if value is not None}
        self.config = self.completed(Config({**self.defaults, **values}, repository.name))
        self.rope = rope_parameters(self.config)
        self.block_count: int = self.config.find("n_layers", "num_hidden_layers", "n_layer", "num_layers")
        self.arch = next(arch for arch, name in gguf.MODEL_ARCH_NAMES.items() if name == self.architecture)
        self.names = gguf.get_tensor_name_map(self.arch, self.block_count)

    def completed(self, config: Config) -> Config:
        """config.json and the defaults, with what a family computes of them."""
        return config

    def keep(self, name: str) -> str | None:
        """The name under which a tensor of the checkpoint goes on; None for one that is not wanted."""
        if name.endswith((".attention.masked_bias", ".attention.bias", ".rotary_emb.inv_freq")):
            return None
        name = name.replace("language_model.", "").replace("e_score_correction_bias", "e_score_correction.bias")
        return None if is_of_other_modality(name) else name

    def unscaled(self, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """All tensors kept, with their scales applied when the checkpoint is of 8-bit numbers."""
        return unscaled(tensors, self.config, self.repository.name)

    def extra(self) -> Iterable[Named]:
        """Tensors that no checkpoint has, with their names in GGUF."""
        return ()

    def convert(self, name: str, tensor: Tensor, block: int | None) -> Iterable[Named]:
        """What a tensor becomes: none, one or several, with their names in GGUF. `block` is the first number in `name`.

        One that needs others may hold it back, and give all of them when the last has come.
        """
        yield self.mapped(name), tensor

    def left_over(self) -> list[str]:
        """Names of tensors that `convert` still holds back when all have come: the checkpoint lacks their others."""
        return []

    def type_of(self, name: str, new_name: str, block: int | None, dimensions: int) -> str | None:
        """The type that a tensor must have ("F32", "F16", ...), whatever is asked for; None leaves it to the rule."""
        return None

    def file_type(self, wanted: str) -> str:
        """What gguf calls a file of the type `wanted` ("f16", ...)."""
        return FILE_TYPES[wanted]

    def parameters(self, keys: gguf.GGUFWriter) -> None:
        """The metadata of this architecture, of `self.config`."""
        common_parameters(self.config, self.rope, self.block_count, keys)

    def vocabulary(self, keys: gguf.GGUFWriter) -> None:
        """The metadata of the tokenizer."""
        from .vocabulary.bpe import byte_pairs

        byte_pairs(self.repository, self.config, keys)

    def mapped(self, name: str) -> str:
        """A tensor's name in GGUF. Raises `InvalidModelError` for one that this architecture does not have."""
        found: str | None = self.names.get_name(key=name, try_suffixes=(".weight", ".bias"))
        if found is None:
            raise InvalidModelError(
                f"{self.repository.name} has a tensor {name!r}, which {self.architecture!r} has no place for."
            )
        return found


_OTHER_BEGINNINGS = (
    *("mlp", "vit.", "vpm.", "siglip2.", "conformer.", "merger.", "resampler.", "sound_encoder."),
    *("sound_projection.", "speech_embeddings."),
)
_OTHER_PARTS = (
    *("visual.", "vision.", "audio.", "talker.", "vision_", "audio_", "token2wav.", "code2wav.", "projector."),
    *("pre_mm_projector_norm", "image_newline", "view_seperator", "patch_embed", "patch_merger."),
    *("patch_merge_mlp.", "model.connector."),
)


def is_of_other_modality(name: str) -> bool:
    """Whether a tensor belongs to what sees or hears, which is a file of its own (a projector) in GGUF."""
    return name.startswith(_OTHER_BEGINNINGS) or any(part in name for part in _OTHER_PARTS)
