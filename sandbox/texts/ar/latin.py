"""Arabic complaints in Latin letters (Arabizi), rare as they are."""

GRAMMAR = """
= latin.frame
ya {bank} {=latin}
{=latin}, {bank} eh el kalam da
wallahi 7aram ya {bank}, {=latin}
{bank} mesh ma3'ool, {=latin}

= cards
- latin
el card et-rafadet {3-9} marrat w el rased mawgood
el visa wa2fa men {3-9} ayyam w ma7adesh byrod

= mobile_app
- latin
el app bey2fel awel ma afta7o ba3d el update
el app mesh sha8al ba2alo {3-9} sa3at

= transfers
- latin
el 7ewala met3all2a men {3-9} ayyam
7awelt l mama w el feloos mawselsh

= call_centre
- latin
{20-70} de2ee2a 3ala el khat w ba3den 2afalo
ba7awel akalem 7ad men khedmet el 3omala w mafeesh radd

= atm_network
- latin
el ATM bala3 el card w ma7adesh biyrod
mafeesh wala ATM sha8al fel mante2a

= fees
- latin
5asamo {50-300} geneh rosoom mn 8er ma y2olo
"""
