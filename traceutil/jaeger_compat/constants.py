"""The names and numbers of jaeger_client 4.8 that programs use (jaeger_client/constants.py)."""

from __future__ import annotations

TRACE_ID_HEADER = "uber-trace-id"
BAGGAGE_HEADER_PREFIX = "uberctx-"
#: Forces the trace to be sampled, and becomes a tag of its root, to be found by.
DEBUG_ID_HEADER_KEY = "jaeger-debug-id"
#: Baggage for a request made by hand: `jaeger-baggage: k1=v1,k2=v2`.
BAGGAGE_HEADER_KEY = "jaeger-baggage"

SAMPLED_FLAG = 0x01
DEBUG_FLAG = 0x02

SAMPLER_TYPE_CONST = "const"
SAMPLER_TYPE_REMOTE = "remote"
SAMPLER_TYPE_PROBABILISTIC = "probabilistic"
SAMPLER_TYPE_RATE_LIMITING = "ratelimiting"
SAMPLER_TYPE_TAG_KEY = "sampler.type"
SAMPLER_PARAM_TAG_KEY = "sampler.param"

MAX_ID_BITS = 64
MAX_TAG_VALUE_LENGTH = 1024  #: characters
MAX_TRACEBACK_LENGTH = 4096  #: characters
DEFAULT_SAMPLING_INTERVAL = 60  #: seconds
DEFAULT_FLUSH_INTERVAL = 1  #: seconds
DEFAULT_THROTTLER_REFRESH_INTERVAL = 5  #: seconds

JAEGER_HOSTNAME_TAG_KEY = "hostname"
