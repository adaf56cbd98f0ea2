"""English frames without a topic: the card outage, small talk, and a place that shares a bank's name."""

GRAMMAR = """
= offtopic
{off.start} {off.what}
{off.what}, {off.end}
{off.what}
{off.start} {off.what}, {off.end}

= off.start
<today|this morning|finally>
<weekend|Sunday> plans:
<does anyone else love|can't stop thinking about>
note to self:
mood:

= off.what
<cooking|baking> <lentil soup|apple pie|bread> <with the kids|for ten people>
the <match|derby> <tonight|on Saturday>
rain in {city} and a good book
<spring|snow> in the park near the river
season {2-5} of that detective series
learning <the guitar|Spanish|chess> at {30-70}
my cat against the <vacuum cleaner|laundry>
a <hike|bike ride> of {10-60} km
the new album, on repeat
tomatoes on the balcony, {2-9} plants
train late by {10-50} minutes, made friends with half the carriage

= off.end
<what about you|anyone else>?
life is good
<photos later|more tomorrow>
who's in?
and coffee, lots of coffee

= ambiguous_place
{place.start} the Harbour {place.end}
the Harbour <is closed for the regatta|is quiet in winter|smells of fish and tar|is full of sailing boats>
{place.start} the Harbour{place.end2}
<boats|gulls|lights> over the Harbour, {place.what}
new <café|fish market|ferry|museum> at the Harbour, {place.what}

= place.start
<evening|morning> <walk|run> along
<breakfast|lunch|dinner> at
<meet me|see you> at
<concert|fireworks|market> at
took the kids to

= place.end
<at sunset|at dawn>
<with friends|with the dog>
and {8-24} degrees
before the ferry leaves

= place.end2
, {place.what}
 <today|last night|on Sunday>
 and <ice cream|fish and chips> after

= place.what
<what a view|calm sea|lots of wind>
full of <tourists|sailing boats> <today|this weekend>
{3-30} ships <counted|in sight>
best <fish soup|sunset> in town

= crisis
{crisis.bad}. {bank}, {crisis.end}
{bank}, {crisis.bad}
{crisis.bad}. {crisis.bad}. {bank}?
is {bank} down? {crisis.bad}
{bank} <cards|card payments> <down|dead> in {city}? {crisis.bad}
anyone else with {bank}? {crisis.bad}
{crisis.bad}, {bank} <says nothing|silent|sleeps>
- angry
{bank}! {crisis.bad}! {crisis.end}!
{very} angry at {bank}: {crisis.bad}
{crisis.bad}! <fix it now|do something|answer>, {bank}!
WHAT IS GOING ON {bank}? {crisis.bad}
- sarcastic
<great|perfect> timing, {bank}: {crisis.bad}
{bank} teaches us to live without money. {crisis.bad}
thanks, {bank}, washing dishes in {city} tonight: {crisis.bad}
- worried
{bank}, please help: {crisis.bad}, {crisis.worry}
I'm scared. {crisis.bad}, {crisis.worry}. {bank}, please
{crisis.worry} and {crisis.bad}. what do I do, {bank}?
- short
{bank} {crisis.brief} since {hour}
{crisis.brief}, stuck {shop}, {bank}
{bank} down?
{bank} cards not working in {city}
{crisis.brief}, {bank}
{bank} {crisis.brief}, {city}
{bank} {crisis.brief} {times}

= crisis.brief
card declined {shop}
cards declined
payments dead
atm dead too
no cash, no card
declined again

= crisis.bad
the cashier {market} looks at me like a thief, card refused {times}
payday card dead, no taxi and no dinner in {city}
money for <medicine|petrol|milk> is there, the card won't go through
since {hour} every card in the family is dead
my card was declined {times} {shop}, money is there
stuck at the checkout {market}, {2-40} people behind me and the card doesn't work
{market} with a full <trolley|basket> and every payment is rejected
the ATM {place_at} is dead too, no cash anywhere
card declined, app down, hotline engaged
stranded {stranded} with no working card
had to leave my shopping {market}, card refused {times}
can't pay the <taxi|hotel|bill>, the terminal says "issuer unavailable"
<since {hour}|for {2-9} hours> not one payment goes through
a whole <restaurant|queue> of us with declined cards in {city}
neither card nor phone pays, and the cash machines are switched off

= crisis.end
what is happening
when will it work
tell us something
how am I to get home
this is a disgrace
any information at all
fix your cards

= crisis.worry
I'm alone with <two|three> kids
is my money still there
I need medicine tonight
no cash on me at all
my mother is at the pharmacy
I'm far from home

= stranded
at a petrol station near {city}
at the airport in {city}
at the station in {city}
in a taxi
at a hotel reception
abroad with two kids
"""
