"""A kopf operator: each Database has a StatefulSet, and one trace tells how it came to be ready.

`kopf run -m database_operator`
"""

from database_operator.handlers import apply_stateful_set, configure_operator, observe_stateful_set
from database_operator.stateful_set import stateful_set

__all__ = ["apply_stateful_set", "configure_operator", "observe_stateful_set", "stateful_set"]
