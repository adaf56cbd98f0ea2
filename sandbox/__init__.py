"""A scripted social world behind each platform's own API, with known truth and faults on demand.

    world/  ──►  truth.py (truth.jsonl, truth.json)
      └──────►  servers/ (one file a platform)  ──►  app.py (one port, one prefix a platform)

Written from the platforms' documents; it shares no code with the extractors that read it.
"""
