"""A chat with Streamlit: one worker for all visitors, a conversation for each of them.

`streamlit run app.py [-- MODEL]`
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

import streamlit as st

from llama_worker import errors
from llama_worker.sync import ChatSession, LlamaWorker, Model


@st.cache_resource(on_release=LlamaWorker.cleanup)
def the_worker() -> LlamaWorker:
    """Made once: Streamlit runs this script anew, in some thread, whenever somebody touches something."""
    return LlamaWorker()


@st.cache_resource(show_spinner="Loading {name}...", max_entries=1, on_release=Model.unload)
def load(name: str) -> Model:
    """Loaded once, whoever asks; another one takes its place. What raises here is not kept, and tried again."""
    return the_worker().load_model(name)


def session_with(model: Model) -> ChatSession:
    """This visitor's conversation, which begins anew with another model."""
    if st.session_state.get("model") is not model:
        st.session_state.model = model
        st.session_state.session = model.create_session(system_prompt="You are helpful.")
    session: ChatSession = st.session_state.session
    return session


def answer(session: ChatSession, question: str, max_tokens: int) -> Iterator[str]:
    """The answer's pieces. The Stop button ends the script, and with it this generator: the engine stops, too."""
    operation = session.prompt(question, max_tokens=max_tokens)
    try:
        yield from operation
    finally:
        operation.abort()  # nothing to do when it has finished


def write_answer(session: ChatSession, question: str, max_tokens: int) -> None:
    st.chat_message("user").write(question)
    with st.chat_message("assistant"):
        try:
            st.write_stream(answer(session, question, max_tokens))
        except errors.LlamaWorkerError as error:  # of this answer; the conversation goes on
            st.error(str(error))


def main() -> None:
    st.set_page_config(page_title="llama-worker", page_icon="🦙")
    with st.sidebar:
        name = st.text_input("Model", sys.argv[1] if sys.argv[1:] else "builtin", help="A name, or a .gguf file's path")
        max_tokens = st.slider("Tokens at most", 16, 2048, 512)
        anew = st.button("New conversation", width="stretch")
    st.subheader("Streamlit and llama-worker")
    try:
        session = session_with(load(name))
    except errors.LlamaWorkerError as error:  # no such file, a broken one, too large for this machine...
        st.error(f"{error}\n\n`{error.code}`")
        st.stop()
    if anew:
        session.reset_chat_history()
    for message in session.get_chat_history():
        if message["role"] != "system":
            st.chat_message(message["role"]).write(message["content"])
    question = st.chat_input("Ask something", submit_mode="stop")
    if question:
        write_answer(session, question, max_tokens)


main()
