"""XML feeds as trees: what is refused, and that the text of a feed may mention anything."""

import pytest

from worker.documents import xml_document
from worker.errors import UnexpectedPayload

ATOM = "{http://www.w3.org/2005/Atom}feed"
TEXT = "<![CDATA[<!DOCTYPE html><p>Bake</p>]]>"
DTD = '<!DOCTYPE x [<!ENTITY a "boom">]>'


def feed(text, prolog="", prefix=""):
    colon = f"{prefix}:" if prefix else ""
    space = f"xmlns:{prefix}" if prefix else "xmlns"
    return f'{prolog}<{colon}feed {space}="http://www.w3.org/2005/Atom"><{colon}id>{text}</{colon}id></{colon}feed>'


@pytest.mark.parametrize("prefix", ["", "atom"])
def test_a_feed_with_a_namespace_may_mention_a_doctype_in_its_text(prefix):
    assert xml_document(feed(TEXT, prefix=prefix), of="a board", root=ATOM)[0].text == "<!DOCTYPE html><p>Bake</p>"


def test_a_feed_without_a_namespace_may_mention_a_doctype_in_its_text():
    assert xml_document(f"<rss><a>{TEXT}</a></rss>", of="a board", root="rss")[0].text == "<!DOCTYPE html><p>Bake</p>"


@pytest.mark.parametrize("prolog", [DTD, f'<?xml version="1.0"?>{DTD.lower()}', "<!DOCTYPE feed>"])
@pytest.mark.parametrize("prefix", ["", "atom"])
def test_a_feed_with_a_namespace_and_a_dtd_is_refused(prolog, prefix):
    with pytest.raises(UnexpectedPayload, match="DTD"):
        xml_document(feed("&a;", prolog, prefix), of="a board", root=ATOM)


@pytest.mark.parametrize("prefix", ["", "atom"])
def test_a_dtd_behind_a_comment_that_names_the_root_is_refused(prefix):
    with pytest.raises(UnexpectedPayload, match="not plain"):
        xml_document(feed("text", f"<!-- <feed <atom:feed -->{DTD}", prefix), of="a board", root=ATOM)


@pytest.mark.parametrize("page", [feed("a").replace("/Atom", "/Other"), "<feed/>", feed("a").replace("feed", "rss")])
def test_another_root_is_refused_by_name_and_by_namespace(page):
    with pytest.raises(UnexpectedPayload, match="not plain"):
        xml_document(page, of="a board", root=ATOM)


def test_characters_that_xml_forbids_are_passed_over():
    assert xml_document(feed("Ba\x0bker"), of="a board", root=ATOM)[0].text == "Baker"
