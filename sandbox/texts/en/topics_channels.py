"""English wordings by topic: branches, queues, app, internet bank, outage, call centre, staff, opening, fraud."""

GRAMMAR = """
= branch_service
- np
the branches
service at the branch
the branch on {street}
- bad
at the branch on {street} I was sent from desk to desk <for {40-90} minutes|like a parcel>
drove {10-40} km to the branch and it <was closed "for technical reasons"|shut ten minutes early>
the branch <couldn't|wouldn't> change <my address|a signature> without {3-6} papers from another branch
nobody at the counter could <explain the form|find my file>
the only branch in {town} is open {2-3} hours a week
- good
at the branch on {street} they sorted everything in <ten|fifteen> minutes
the <lady|young man> at the counter <stayed after closing for me|found what three others missed>
the branch in {town} is <bright, quiet and quick|like a living room, coffee included>
- ask
can I sign the papers at a counter on {street}
is the branch on {street} open on <Saturday|Friday afternoon>
do I need an appointment <to change a signature|for the branch in {city}>
which branch has safe deposit boxes
- req
keep the branch in {town} open after <four|five>
book me an appointment at the branch on {street}
- wish
open a branch in {town}
keep one counter for <elderly people|cash> in every branch
- fact
the branch on {street} <moved across the road|is closed for repairs until May>
was at the branch on {street} <today|this morning>
- help
the branch on {street} is open from 9 to {4-7}, appointments are online
any branch can change an address, an identity card is enough
- npos
<open|refurbish> {5-40} branches in small towns
keep its branches open on Saturdays
- nneg
the closure of {10-60} branches
poor service in its <rural|remaining> branches
- nneu
move its {city} branch to {street}
change branch opening hours from <May|June>

= queues
- np
the queues
waiting times
the waiting line
- bad
{40-120} minutes in line for one signature
{10-30} people waiting, <one|a single> window open, and two clerks drinking tea
took number {80-190}, they are serving {12-60}, lunch break is over soon
came at opening time and still <stood|waited> for {2-3} hours
you need a booking, the booking needs <a queue|a ticket>, the ticket machine is broken
- good
in and out in {4-9} minutes, not a soul waiting
the electronic queue texts you when it's your turn
no waiting at all, they open a second window as soon as {3-5} people stand there
- ask
when is it least crowded at the branch on {street}
can I take a queue number online
is the wait shorter in the <morning|evening>
- req
open a second window on {street}, the line is out of the door
bring back the ticket machine on {street}
- wish
show the length of the queue online
make a separate line for <quick questions|parents with prams>
- fact
about {3-9} people before me <at the moment|now>
they have a ticket machine for the line now
- help
a number in the line can be taken online <an hour ahead|from home>
the line is shortest between {1-3} and 4 pm
- npos
halve waiting times with <online booking|an electronic queue>
promise a wait of no more than {5-10} minutes
- nneg
queues of up to {2-4} hours
long lines <outside|in front of> its branches
- nneu
test queue tickets by text message
measure waiting times in all branches

= mobile_app
- np
the app
the mobile app
the phone app
- bad
after the update the app <crashes on start|freezes at the logo|logs me out every minute>
the app <forgot|lost> my fingerprint, then my password, then me
{days} of "something went wrong" on my phone
new design, and now it takes {6-12} taps to see my own balance
push notifications come {2-9} hours late, or {3-6} times each
the app eats {20-60} percent of the battery and still won't load the history
- good
the app update is <brilliant|lovely>: fast, clean, everything one swipe away
face login works <instantly|in the dark too>
I did in the app in {2-4} minutes what used to cost me half a day
- ask
why does my phone say the version is too old
does the app run on <an older phone|a tablet>
where in the app do I find <statements|standing orders>
how do I move the app to a new phone
- req
fix the login in the app, version {4-9}.{1-20}
reset the app on my old phone, it was stolen
- wish
add <dark mode|a widget with the balance> to the app
bring the app to <smart watches|tablets>
- fact
version {4-9}.{1-20} of the app is out
installed the app on my <tablet|new phone>
- help
updating the app to {5-9}.{1-20} and logging in again helps
in the app: Profile, Devices, Add device, the code comes by text
- npos
release a new <mobile app|app> with <voice search|budget planning>
add <dark mode|child accounts> to its mobile app
- nneg
an app update that locked customers out
<a one-star rating|thousands of one-star ratings> for its app
- nneu
end support of its app on old phones
redesign the app <this autumn|step by step>

= internet_bank
- np
online banking
the internet bank
the web version
- bad
online banking logs me out <in the middle of a form|after 60 seconds> and everything is gone
the website wants a browser from {2015-2019}
cannot download a single statement from the internet bank, the file is <empty|zero bytes>
the login page <goes in circles|asks for the code {3-6} times>
on the web version half of my accounts <disappeared|are grey>
- good
the web version finally <shows all accounts on one page|exports statements to spreadsheets>
online banking in the browser is <quick|clear> even on an old laptop
logging in to online banking with a security key is a joy
- ask
which browsers does online banking support
how do I get <a yearly statement|a PDF with a stamp> from the internet bank
can I log in to the web version without a phone
- req
unlock my online banking login
restore the statement export in the internet bank
- wish
let us export <to a spreadsheet|all years at once> from online banking
add search <by amount|by name> to the web version
- fact
online banking has a new address bar certificate <today|this week>
I do the household payments in the web version
- help
clearing the browser cache and logging in to online banking again helps
statements in the web version are under Documents, up to {5-10} years back
- npos
open its internet bank to <security keys|third-party budgeting tools>
rebuild its online banking for <people with poor sight|small firms>
- nneg
login failures in its online banking
an internet bank <down|unreachable> for {3-9} hours
- nneu
switch online banking to a new login
take its internet bank offline for maintenance on <Sunday|Saturday night>

= outage
- np
the outages
technical failures
the systems
- bad
everything is down <again|since {hour}>: payments, login, <balance|cash>
"technical works" <at noon on a working day|for the {3-6}th time this month>
nothing loads <for {2-9} hours|since {hour}>, I can't pay for anything
servers down, status page says "all systems operational"
balance shows zero, login doesn't work, {days} of "we know about the failure"
- good
they told us about the maintenance a week ahead, and it took {10-40} minutes
the failure was over in {5-20} minutes and they explained what broke
not one outage in {2-5} years with them
- ask
is it down for everyone or only for me
when will the service be back after the maintenance
will payments work during tonight's technical works
- req
tell us when the systems are back
publish a status page with real times
- wish
announce maintenance <a week ahead|by text>
keep the balance readable when the systems are down
- fact
planned maintenance <tonight|on Sunday> from {1-3} to {4-6}
services were unavailable for {10-50} minutes last night
- help
the service has been restored at {hour}, please log in again
maintenance ends at {4-7} am, cards work during that time
- npos
move to a second data centre <to rule out outages|this year>
compensate every customer for <last week's|the> outage
- nneg
an outage that stopped payments for {3-9} hours
repeated technical failures
- nneu
carry out system maintenance <on Sunday night|over Easter>
move its systems to a new data centre

= call_centre
- np
the helpline
the call centre
phone support
- bad
{30-90} minutes on hold, then the line dropped
the helpline transferred me {3-7} times and the last one hung up
"your call is important to us" for {20-70} minutes, I know the <melody|piano> by heart
you talk to a robot that <doesn't understand "human"|sends you back to the menu>
each agent on the phone says something different, {times} now
- good
a real person picked up after {2-4} rings
the agent on the phone called back <exactly when promised|herself to check>
one call to the helpline at {1-4} am and it was solved
- ask
what number do I call from abroad
until what time does phone support work
is there a way to reach a human on the helpline
- req
call me back, ticket {10000-99999}
leave a note on my file so that I needn't tell the helpline the story again
- wish
offer a call back instead of the hold music
answer the phone at night
- fact
the helpline number changed this week
called the support line about a paper, waiting for a call back
- help
the number from abroad is on the back of the card, and a call back can be ordered in the profile
the line is least busy after {7-8} pm
- npos
answer every call within {20-60} seconds
open a helpline in <sign language|{3-6} languages>
- nneg
hold times of over an hour on its helpline
a call centre <in chaos|overwhelmed by calls>
- nneu
move its call centre to {city}
change its helpline number

= staff
- np
the staff
the people who work there
the employees
- bad
the clerk <rolled her eyes|sighed> when I asked a second question
the manager <spoke to my mother|talked to me> as if she were <a child|stealing>
employees chatting about their holiday while customers stand there
an adviser who <had no idea|learned the product from the leaflet in front of me>
"that's not my job" from {2-4} people in a row
- good
the <lady|guy> who helped me was kind, patient and knew everything
the manager apologised in person and fixed it herself
such warm people work there, my grandmother asks for them by name
- ask
how can I thank an employee <by name|on {street}>
is my personal manager still <the same person|working there>
who replaces the adviser on {street} while she is away
- req
give me another personal manager
pass my message to the manager on {street}
- wish
train the clerks to <explain in plain words|deal with deaf customers>
let us rate the adviser after a visit
- fact
there is a new manager on {street}
spoke with an adviser <today|on Monday>
- help
feedback about a colleague goes to the branch manager, who answers within {2-5} days
a different adviser can be chosen in the profile
- npos
train {200-900} advisers in <plain language|sign language>
hire {100-400} advisers for its branches
- nneg
rude behaviour of its employees
<a clerk|an adviser> suspended after insulting a customer
- nneu
appoint a new branch director in {city}
move {50-200} employees to remote work

= account_opening
- np
opening an account
becoming a customer
the sign-up
- bad
{2-5} weeks to open a plain account, {3-6} letters, no account
the video identification failed {times} because "the light is wrong"
sign-up rejects my <name because of a hyphen|address because the house is new>
they refused to open an account <because of my passport|without a reason>
filled in the form, uploaded everything, "please start again"
- good
account opened in {6-12} minutes, <from the couch|on the train>
moved all my standing orders over <without a finger lifted|for me>
the sign-up asks only what it needs, identity check included
- ask
what do I need to open an account <as a student|as a foreigner>
can I open an account for my <son|daughter>, age {10-16}
is it possible to sign up without visiting a branch
- req
tell me the state of my account application, number {10000-99999}
delete my unfinished application
- wish
let us open a joint account online
accept <foreign passports|digital identity cards> at sign-up
- fact
opened a current account there <last week|yesterday>
sent the sign-up papers by post
- help
a passport and a selfie are enough to open an account, it takes {8-15} minutes
the application can be continued from the link in the e-mail for {14-30} days
- npos
open accounts in {5-10} minutes without paper
open accounts for <refugees|foreign students>
- nneg
refusals to open basic accounts
new customers waiting weeks for an account
- nneu
ask new customers for a tax number
change the identity check for new accounts

= fraud
- np
fraud protection
security
protection against scams
- bad
{amount} <stolen|gone> from my account <overnight|in {2-6} transactions> and they say "you confirmed it"
they let a scammer take a {amount} loan in my name
reported an unauthorised payment {days} ago, still no refund
a scam transfer of {amount} went through, but my rent got flagged
the fraud department works from 9 to 5, thieves don't
- good
they stopped a scammer's payment of {amount} <before I noticed|and rang me at once>
every cent of the stolen money was back in {2-5} days
the anti-fraud call came {2-4} minutes after the strange charge
- ask
did you really send me a text with a <link|code>
what do I do if I told a caller my code
how do I dispute a payment that I did not make
- req
freeze everything, somebody is logged in as me
cancel two payments that I did not make, {amount} each
- wish
let us forbid <foreign|online> payments by default
delay large transfers by an hour, against scammers
- fact
there was a talk about phone scams at the branch
they sent a leaflet on fraud <with the statement|today>
- help
a strange payment can be disputed under Transactions, and the account is locked at once
nobody at the bank ever asks for a code, so hang up and lock the access
- npos
refund victims of scams within {2-5} days
block {90-99} percent of scam payments with a new system
- nneg
a wave of account thefts
customers who lost savings to scammers and got no refund
- nneu
warn of fake text messages
delay first transfers to new payees by {2-4} hours
"""
