"""Tasks at the same time, each with an active span of its own, in one trace."""

import asyncio

from opentracing.scope_managers.contextvars import ContextVarsScopeManager

from traceutil.jaeger_compat import Config


async def main() -> None:
    config = Config(
        config={"sampler": {"type": "const", "param": 1}, "generate_128bit_trace_id": True},
        service_name="tasks",
        scope_manager=ContextVarsScopeManager(),
    )
    tracer = config.initialize_tracer()
    assert tracer is not None

    async def step(name: str) -> None:
        with tracer.start_active_span(name):
            await asyncio.sleep(0)
            with tracer.start_active_span(f"{name} inside"):
                await asyncio.sleep(0)

    with tracer.start_active_span("all"):
        await asyncio.gather(step("one"), step("two"))
    print(await tracer.close())


if __name__ == "__main__":
    asyncio.run(main())
