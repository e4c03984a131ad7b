import time
from sqlalchemy import text
from worker.store import overview, people
from worker.store.overview import Wanted

def test_speed(db, browsing):
    user = people.local(db)["id"]
    db.execute(text("INSERT INTO companies (name) SELECT 'Company ' || n FROM generate_series(1, 5000) n"))
    db.execute(text("""INSERT INTO boards (company_id, ats, key, url, last_run_at, last_read_at, baseline_at, last_outcome, open_count, failures)
      SELECT id, 'lever', 'k' || id, 'https://x.example/' || id, now(), now(), now() - interval '60 days',
      CASE id % 20 WHEN 0 THEN 'failed' WHEN 1 THEN 'partial' ELSE 'unchanged' END, 150, CASE WHEN id % 20 = 0 THEN 5 ELSE 0 END FROM companies"""))
    db.execute(text("INSERT INTO scans (trigger) SELECT 'beat' FROM generate_series(1, 48)"))
    db.execute(text("""INSERT INTO scan_runs (scan_id, board_id, queue, state, outcome, finished_at, finished_tx)
      SELECT scans.id, boards.id, 'scans', 'finished', boards.last_outcome, now() - (49 - scans.id) * interval '1 hour', 1 FROM scans CROSS JOIN boards"""))
    for part in ("n <= 150", "n > 150"):
        db.execute(text(f"""INSERT INTO postings (board_id, external_id, title, url, locations, country_codes, extras, content_hash, row_hash, detail_pending,
          description_text, first_seen_at, last_seen_at, closed_at)
          SELECT boards.id, 'x' || n, 'Clerk number ' || n, 'https://acme.example/' || n, '{{Berlin}}', '{{DE}}', '{{}}', 'c', 'r', false, repeat('words ', 150),
          now() - random() * interval '60 days', now(), CASE WHEN n % 4 = 0 THEN now() - random() * interval '10 days' END
          FROM boards CROSS JOIN generate_series(1, 200) n WHERE {part} ORDER BY {"boards.id" if part == "n <= 150" else "n"}"""))
    db.execute(text("INSERT INTO matches (user_id, posting_id) SELECT :user, id FROM postings WHERE id % 100 = 0"), {"user": user})
    db.execute(text("INSERT INTO groups (user_id, name, all_companies) VALUES (:user, 'all', true)"), {"user": user})
    db.execute(text("ANALYZE"))
    db.commit()
    def p95(name, work, times=40):
        took = []
        for n in range(times):
            t = time.perf_counter(); work(n); took.append(time.perf_counter() - t)
        took.sort()
        print(f"{name}: least {took[0]*1000:.0f}, p50 {took[len(took)//2]*1000:.0f} ms, p95 {took[int(len(took)*.95)]*1000:.0f} ms", flush=True)
    p95("page", lambda n: overview.page(db, user, Wanted(), start=n * 100, most=30))
    p95("page again", lambda n: overview.page(db, user, Wanted(), start=n * 100, most=30))
    p95("counts", lambda n: overview.counts(db, user, Wanted()))
    p95("GET /companies", lambda n: browsing.get(f"/companies?start={n*100}"))
    p95("GET /companies/id", lambda n: browsing.get(f"/companies/{n + 1}"))
    p95("GET /companies/id again", lambda n: browsing.get(f"/companies/{n + 1}"))
    p95("GET /start/filter", lambda n: browsing.get("/start/filter?example=1"))
