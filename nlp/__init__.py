"""What a text says, in five languages: spaCy pipelines of registered components, and the rows that they leave.

core.mentions ──► claim ──► Annotator (language ──► one pipeline a language) ──► nlp.annotations + nlp.done
FILE of posts ─────────────┘                                                └──► annotations as JSON lines
"""
