"""robots.txt and sitemaps, as they are and as they should not be."""

import gzip
import time
import zlib

import pytest

from worker import sitemaps
from worker.errors import UnexpectedPayload
from worker.sitemaps import Entry

SPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def urlset(*rows):
    return f'<?xml version="1.0" encoding="UTF-8"?><urlset {SPACE}>{"".join(rows)}</urlset>'.encode()


def url(loc, lastmod=None):
    return f"<url><loc>{loc}</loc>{f'<lastmod>{lastmod}</lastmod>' if lastmod else ''}<priority>0.5</priority></url>"


def test_robots_names_sitemaps_in_any_spelling_each_once():
    robots = "User-agent: *\r\nSITEMAP:https://a.example/1.xml\r\n  Sitemap : https://a.example/2.xml # new\nsitemap: https://a.example/1.xml\n# Sitemap: https://a.example/old.xml\nSitemap:\n"  # noqa: E501
    assert sitemaps.of_robots(robots) == ["https://a.example/1.xml", "https://a.example/2.xml"]
    assert sitemaps.of_robots("<html>no such page</html>") == []
    assert len(sitemaps.of_robots("".join(f"Sitemap: https://a.example/{n}.xml\n" for n in range(1_000)))) == 100


def test_a_sitemap_gives_its_addresses_and_when_they_changed():
    found = sitemaps.read(
        urlset(url("\n https://a.example/jobs/1?a=1&amp;b=2 ", "2026-11-02T08:00:00+01:00"), url("x"))
    )
    assert found.pages == [Entry("https://a.example/jobs/1?a=1&b=2", "2026-11-02T08:00:00+01:00"), Entry("x")]
    assert (found.sitemaps, found.fault) == ([], None)


def test_an_index_gives_its_sitemaps_whatever_its_namespace():
    row = "<sitemap><loc>https://a.example/1.xml.gz</loc><lastmod>2026-11-02</lastmod></sitemap>"
    content = f"<sitemapindex><!-- one and none -->{row}<sitemap/></sitemapindex>".encode()
    assert sitemaps.read(content).sitemaps == [Entry("https://a.example/1.xml.gz", "2026-11-02")]


def test_a_gzipped_sitemap_is_read_also_in_several_members():
    content = urlset(url("https://a.example/1"))
    assert sitemaps.read(gzip.compress(content)).pages == [Entry("https://a.example/1")]
    assert sitemaps.read(gzip.compress(content[:60]) + gzip.compress(content[60:])).pages == [
        Entry("https://a.example/1")
    ]


def test_a_list_of_addresses_is_a_sitemap():
    found = sitemaps.read(b"\xef\xbb\xbfhttps://a.example/1\r\nhttps://a.example/2\n\n")
    assert found.pages == [Entry("https://a.example/1"), Entry("https://a.example/2")]


def test_another_encoding_is_read_as_the_sitemap_says():
    content = f'<?xml version="1.0" encoding="UTF-16"?><urlset>{url("https://a.example/é")}</urlset>'.encode("utf-16")
    assert sitemaps.read(content).pages == [Entry("https://a.example/é")]


@pytest.mark.parametrize(
    "content", [b"", b"<!doctype html><html><body>Not found</body></html>", b"{}", b"<rss/>", b"<", b"\0\0"]
)
def test_what_is_no_sitemap_is_none(content):
    assert sitemaps.read(content) is None


def test_a_sitemap_that_breaks_off_gives_what_it_has_and_says_so():
    found = sitemaps.read(urlset(url("https://a.example/1"), url("https://a.example/2"))[:-20])
    assert Entry("https://a.example/1") in found.pages
    assert "XML is broken" in found.fault


def test_a_bare_ampersand_costs_no_more_than_a_fault():
    found = sitemaps.read(urlset(url("https://a.example/1?a=1&b=2"), url("https://a.example/2")))
    assert Entry("https://a.example/2") in found.pages
    assert found.fault


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE urlset [<!ENTITY x "b">]>',
        '<!DOCTYPE urlset [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE urlset SYSTEM "https://a.example/urlset.dtd">',
    ],
)
def test_a_dtd_is_refused(doctype):
    with pytest.raises(UnexpectedPayload):
        sitemaps.read(f"<?xml version='1.0'?>{doctype}<urlset>{url('&x;')}</urlset>".encode())


def test_a_billion_laughs_end_at_once():
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<!DOCTYPE urlset [<!ENTITY l0 "ha">{entities}]><urlset>{url("&l9;")}</urlset>'.encode()
    began = time.process_time()
    with pytest.raises(UnexpectedPayload):
        sitemaps.read(bomb)
    assert time.process_time() - began < 2


def test_a_gzip_bomb_is_not_unpacked():
    deflate = zlib.compressobj(9, zlib.DEFLATED, 31)
    pieces = [deflate.compress(b" " * 2**20) for _ in range(200)]
    with pytest.raises(UnexpectedPayload, match="unpacks to more than"):
        sitemaps.read(b"".join([*pieces, deflate.flush()]))


@pytest.mark.parametrize("damage", [lambda raw: raw[:-9], lambda raw: raw[:20] + b"\xff" * 20 + raw[40:]])
def test_a_damaged_gzip_file_is_said_to_be_one(damage):
    with pytest.raises(UnexpectedPayload, match="gzip"):
        sitemaps.read(damage(gzip.compress(urlset(*(url(f"https://a.example/{n * 7919}") for n in range(50))))))


def test_100000_addresses_are_read_soon():
    began = time.process_time()
    found = sitemaps.read(urlset(*(url(f"https://a.example/jobs/{n}", "2026-11-02") for n in range(100_000))))
    assert len(found.pages) == 100_000
    assert time.process_time() - began < 10


def test_10000_levels_of_elements_end_with_a_fault_or_nothing():
    found = sitemaps.read(b"<urlset>" + b"<url>" * 10_000)
    assert found is None or found.fault
