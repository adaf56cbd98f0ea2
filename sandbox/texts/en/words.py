"""English word lists that the frames fill in."""

GRAMMAR = """
= first
Anna
Ben
Clara
David
Emma
Jack
Laura
Mark
Nina
Olivia
Peter
Sophie

= shop
at the <supermarket|bakery|petrol station|pharmacy|chemist's>
in a <bookshop|café|restaurant|shoe shop>
at the <cinema|train station|hardware store>

= abroad
abroad
in <Italy|Japan|Canada|Morocco|Greece>
on holiday in <Spain|Egypt|Portugal>

= while_away
while I was <in {city}|on holiday|in hospital>
on the day of my <move|flight|wedding>
for a {5-40} euro purchase

= place
the <market|station|town hall|hospital|university|airport>
{street}

= place_at
at the <station|market|airport>
on {street}
by the <town hall|hospital|university>
in the shopping centre

= street
<Mill|Church|Garden|Bridge|Station|Castle|Park|King> <Street|Road|Lane>

= town
<our village|our town|the suburb>
the old town
{city}

= city
Leeds
Bristol
York
Dublin
Berlin
Hamburg
Cardiff
Glasgow
Vienna
Norwich
Exeter
Cork

= amount
{20-990} euros
{20-990} pounds
£{20-990}
€{20-990}
{2-9},{100-999} euros

= small
{2-39} euros
£{2-29}
€{2-49}
{2-9}.{10-99} euros

= big
{3-60},000 euros
£{3-50},000

= market
at the <supermarket|grocery store|drugstore|DIY store|market hall>
in a <supermarket|bookshop|shoe shop|toy shop>

= days
{2-9} days
<two|three|five|ten> days
{2-4} weeks
almost a week

= times
twice
three times
four times
{3-9} times

= hour
{7-12} am
{1-11} pm
<noon|midnight|breakfast>

= weekday
<Monday|Tuesday|Wednesday|Thursday|Friday>
"""
