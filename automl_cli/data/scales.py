"""Words of usual scales, from lowest to highest; words of one place mean the same."""

from typing import TypeAlias

Scale: TypeAlias = tuple[tuple[str, ...], ...]

LINES = """
none|zero < very low|lowest < low < medium|moderate|middle|mid|average|normal < high < very high
low < medium|moderate|middle|mid|average|normal < high < critical|urgent|extreme
lowest < low < medium|moderate|middle|mid|average|normal < high < highest
xxs < extra small|very small|xs|tiny < small|s < medium|middle|m < large|big|l < xl|extra large|huge
xs < s < m < l < xl < xxl < xxxl
small < medium|middle < large|big < very large|extra large|huge
terrible|awful < very poor|very bad < poor|bad < fair|average|ok|okay|satisfactory < good < great
very poor|very bad < poor|bad < fair|average|ok|okay < good < very good|vgood < excellent < perfect
fair < good < very good < premium < ideal
unacc|unacceptable < acc|acceptable < good < vgood|very good
none|no|absent|healthy < minimal < mild|slight < moderate < severe < very severe|extreme < fatal
no dr < mild < moderate < severe < proliferative dr|proliferate dr|proliferative
none|no < minor|slight < moderate|serious < major|severe < critical|fatal
negligible|trivial < low < minor < medium|moderate < major < critical|blocker
never < rarely|seldom < sometimes|occasionally < often|frequently < usually|very often < always
strongly disagree < disagree < neutral|neither agree nor disagree < agree < strongly agree
very dissatisfied < dissatisfied < neutral|neutral or dissatisfied < satisfied < very satisfied
very unsatisfied < unsatisfied < neutral < satisfied < very satisfied
very negative|strongly negative < negative < neutral < positive < very positive|strongly positive
very unlikely < unlikely < neutral|possible < likely < very likely
beginner|novice < elementary < intermediate < advanced < expert|master
entry|intern|trainee < junior < mid|middle|intermediate < senior < lead|principal
very easy < easy < medium|moderate|normal|intermediate < hard|difficult < very hard|expert
freezing < cold < cool < mild|warm < hot < very hot
very slow < slow < medium|moderate|normal < fast < very fast
very short < short < medium|average < long|tall < very long|very tall
infant|baby < child < teen|teenager < young adult < adult < middle aged < senior|elderly
young < middle aged|adult < old|elderly|senior
bronze < silver < gold < platinum < diamond
preschool < primary < secondary < tertiary
zero < one < two < three < four < five < six < seven < eight < nine < ten
first < second < third < fourth < fifth < sixth < seventh < eighth < ninth < tenth
"""

SCALES: tuple[Scale, ...] = tuple(
    tuple(tuple(place.strip().split("|")) for place in line.split("<"))
    for line in LINES.strip().splitlines()
)
