"""Emoji by the names under which forums show them (":slight_smile:", ":wave:t3:"), as characters.

The names of GitHub and CLDR are the `emoji` package's; Discourse has others beside them (its list of emoji aliases) and writes a tone of
skin as a second name, t2 to t6.
"""

from __future__ import annotations

import re

import emoji

# Discourse's own name → the package's
_OTHER = {
    "slight_smile": "slightly_smiling_face", "slightly_smiling": "slightly_smiling_face", "slight_frown": "slightly_frowning_face",
    "upside_down": "upside_down_face", "money_mouth": "money_mouth_face", "nerd": "nerd_face", "hugging": "hugs",
    "rolling_eyes": "roll_eyes", "frowning2": "frowning_face", "zipper_mouth": "zipper_mouth_face",
    "thermometer_face": "face_with_thermometer", "head_bandage": "face_with_head_bandage", "crazy_face": "zany_face",
    "face_with_symbols_over_mouth": "cursing_face", "hand_splayed": "raised_hand_with_fingers_splayed", "vulcan": "vulcan_salute",
    "poo": "poop", "skeleton": "skull", "skull_crossbones": "skull_and_crossbones", "grandma": "older_woman", "medal": "medal_sports",
    "clock": "mantelpiece_clock", "timer": "timer_clock", "tools": "hammer_and_wrench", "newspaper2": "newspaper_roll",
    "notepad_spiral": "spiral_notepad", "map": "world_map", "homes": "houses", "peace": "peace_symbol", "key2": "old_key",
    "race_car": "racing_car", "hockey": "ice_hockey", "table_tennis": "ping_pong", "flag_white": "white_flag", "island": "desert_island",
}  # fmt: skip
_NAMED = re.compile(r":([\w+-]{1,40}):(?:t([2-6]):)?")
_FLAG = re.compile(r"flag_([a-z]{2})")


def to_emoji(shown: str) -> str:
    """`shown` with the emoji that its :names: mean; what is no known name stays as it is."""
    return _NAMED.sub(_character, shown)


def _character(found: re.Match[str]) -> str:
    name, tone = found[1], found[2]
    if flag := _FLAG.fullmatch(name):
        return "".join(chr(0x1F1E6 + ord(letter) - ord("a")) for letter in flag[1])
    named = emoji.emojize(f":{_OTHER.get(name, name)}:", language="alias")
    if named.startswith(":"):
        return found[0]
    return named + (chr(0x1F3FB + int(tone) - 2) if tone else "")
