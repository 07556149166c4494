import sys, asyncio
sys.argv=["x"]
async def test_it(postgres_url):
    import runpy
    src=open("/tmp/t1m.py").read()
    ns={}
    exec(src, ns)
    import inspect
    await ns["go"](postgres_url)
