from pathlib import Path
async def test_it(postgres_url):
    ns={}
    exec(Path("/tmp/t1m.py").read_text(), ns)
    await ns["go"](postgres_url)
