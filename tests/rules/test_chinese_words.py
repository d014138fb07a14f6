"""The Chinese words of the rule files carry Chinese punctuation, as those of the pages do."""

from __future__ import annotations

import re
from pathlib import Path

import lianyi.rules

CHINESE_TEXT = re.compile(r'\b(?:zh|\w+_zh) = "([^"\n]*)"')
WESTERN_BESIDE_CHINESE = re.compile(
    r"[\u4e00-\u9fff）”][,:;?]|[,;?][\u4e00-\u9fff]|[\u4e00-\u9fff]\([^)]*\)|\([^)]*[\u4e00-\u9fff][^)]*\)"
)


def test_chinese_words_of_rule_files_have_chinese_punctuation():
    folder = Path(lianyi.rules.__file__).parent
    texts = [text for path in folder.rglob("*.toml") for text in CHINESE_TEXT.findall(path.read_text("utf-8"))]
    assert len(texts) > 500
    assert [text for text in texts if WESTERN_BESIDE_CHINESE.search(text)] == []
