"""`cohere`: its second version's rerank, against a model that ranks."""

import cohere
from proving import KEY, URL, proved, raised

documents = ["A cat.", "Lisbon is in Portugal.", "Rain."]
client = cohere.ClientV2(api_key=KEY, base_url=URL)
ranked = client.rerank(model="ranker", query="Where is Lisbon?", documents=documents, top_n=2)
assert len(ranked.results) == 2
assert ranked.results[0].relevance_score >= ranked.results[1].relevance_score
proved("ranking")
wrong = cohere.ClientV2(api_key="wrong", base_url=URL)
error = raised(lambda: wrong.rerank(model="ranker", query="?", documents=documents))
assert error.status_code == 401
proved("wrong key")
