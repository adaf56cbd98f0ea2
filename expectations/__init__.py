"""Data quality: Great Expectations suites in code, one module a layer, and the gate that runs them.

raw.py, core.py, nlp.py, marts.py (rules as data) ──► gate.run_gate() ──► quality.results, quality.quarantine
                                                                    └──► GateFailed stops the marts
"""

from expectations.gate import LAYERS, GateFailed, GateReport, run_gate

__all__ = ["LAYERS", "GateFailed", "GateReport", "run_gate"]
