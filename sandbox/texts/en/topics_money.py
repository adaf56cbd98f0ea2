"""English wordings by topic: cards, cash, loans, deposits, transfers, fees, exchange, insurance."""

GRAMMAR = """
= cards
- np
the cards
the debit card
card payments
- bad
my card <was declined|got rejected|didn't go through> {shop} with <plenty of money|{amount}> on <it|the account>
the new card <was promised|was supposed to arrive> in {2-5} days and it has been {2-6} weeks
<contactless|tap to pay> <works one time out of five|stopped working for no reason|is dead again>
they <blocked|froze> my card {while_away} and unblocking takes {3-10} <working |>days
the replacement card <came with somebody else's name on it|went to my old address>, even though I updated everything
<paid|bought something> {shop} and the plastic <gave up|just doesn't read> again, {times} this week
- good
the new card <arrived in {2-4} days|was printed for me in ten minutes>
<the virtual card|my card> works <everywhere|on every terminal I tried>, even {abroad}
unblocking my card took <one tap|less than a minute>
contactless has not let me down <once|a single time> in {2-6} years
- ask
how do I switch off contactless when I lose my wallet
can I <change the PIN|raise the card limit> <without going anywhere|from my phone>
how long does a replacement card take to <{city}|arrive>
is there a virtual card for <paying online|subscriptions>
does the debit card work {abroad}
- req
unblock my card, the last digits are {1000-9999}
send my replacement card to <the new address|{city}>
<reissue|replace> my card, the chip is <worn out|broken>
- wish
let us <freeze the card for an hour|choose the PIN ourselves>
add <virtual cards|disposable card numbers for online shopping>
make the cards out of <metal|recycled plastic>
- fact
<picked up|collected> my new card <today|this morning|at lunch>
my card <expires|runs out> in <March|June|October>, the new one comes by post
I pay with their card {shop}
- help
the card can be unfrozen under Cards, then Security<| in two taps>
a replacement card takes {3-6} working days, and a virtual one <is ready at once|works straight away>
the daily card limit may be used up, it <resets at midnight|can be raised in the settings>
- npos
<launch|introduce> <a metal card|a debit card> without foreign <fees|charges>
<bring in|issue> numberless cards <that can be frozen with one tap|with a code that changes every hour>
- nneg
a <wave|spate> of declined card payments
<delays|long waits> in replacing expired cards
- nneu
change its debit card <designs|conditions> from <May|July>
move {20-90},000 cardholders to a new card processor

= atm_network
- np
the cash machines
the ATMs
ATMs around <town|here>
- bad
the ATM <in|near> {place} <swallowed|ate> my card and <nobody comes|the helpline shrugs>
{days} and the cash machine {place_at} is still <out of order|"temporarily unavailable">
the cash machine counted {amount} short and <says everything is fine|printed a receipt for the full sum>
not one working ATM <within {2-9} km|in the whole of {city}>, on a <Friday|Sunday> evening
I <walked to|tried> {2-5} cash machines today and <all were empty|none gave any notes>
the ATM took <my deposit|{amount} in cash> and credited <nothing|half of it>
- good
they put a cash machine {place_at}, finally no walk of {2-5} km
the new ATMs <count coins too|take deposits in seconds>
you can withdraw <from any ATM for free|cash with just the phone>
- ask
where is the <nearest|closest> cash machine <to {place}|that takes deposits>
what is the withdrawal limit at <other banks' ATMs|your machines>
can I pay in <coins|cash> at an ATM <on Sundays|at night>
- req
refill the cash machine {place_at}
give back the card that the ATM {place_at} kept
check the ATM on {street}, it gave me {amount} less
- wish
put <one more|an> ATM {place_at}
let cash machines give <small notes|tens and twenties>
- fact
<they moved|there is> <an ATM|a cash machine> {place_at} now
withdrew {amount} from the machine {place_at}
- help
the nearest working cash machine is {place_at}, open <round the clock|until 11 pm>
when an ATM keeps a card, it <is destroyed after 24 hours, and a new one is free|waits at the branch the next day>
- npos
<install|open> {40-300} new cash machines <by autumn|in small towns>
let customers withdraw cash <with a phone|free of charge at any ATM>
- nneg
the <closure|removal> of {50-200} cash machines in <rural areas|small towns>
cash machines that <ran dry|stood empty> over the holiday weekend
- nneu
replace its ATM <software|supplier> <this year|by December>
move {20-80} cash machines to <supermarkets|railway stations>

= fees
- np
the fees
account charges
the tariff
- bad
the monthly <fee|charge> went from {1-4} to {5-15} <without a word|and the notice was in spam>
they took {small} for "account <maintenance|services>", whatever that is
<a hidden charge|some commission> of {small} <appeared|showed up> on the statement <again|this month>
paying {small} just <to receive my own money|for a paper statement>
"free" account turned out to cost {4-14} a month <once you read page {10-40}|after the third month>
they charge for <texts|push messages> that <I never ordered|never arrive>
- good
no monthly fee and <no small print|no hidden charges>
they <refunded|gave back> a charge of {small} without an argument
the tariff is <one page long and clear|honest: nothing to pay, nothing to guess>
- ask
what does a paper statement cost
what does the account cost <per month|if I'm a student>
is there a fee for <paper statements|a second account>
from what balance is the account free <of charge|>
- req
refund the {small} that was charged <on the {4-20}th|twice>
move me to the tariff without a monthly fee
- wish
show every charge <before it is taken|in one list>
drop the fee for <students|pensioners|small balances>
- fact
the monthly fee is {2-12}, <waived|free> from a balance of {1-5},000
<new tariffs|the new price list> from the first of <May|June|next month>
- help
the fee is waived <when {5-15}00 euros come in a month|with one card payment a month>
all charges are listed under Account, then Tariff
- npos
<abolish|drop> account fees for <everyone under 27|pensioners>
cut <its charges|the price of its basic account> by {10-50} percent
- nneg
<hidden charges|a steep rise in account fees>
a court ruling <that its fees were unlawful|on unlawful account charges>
- nneu
publish a new tariff <in spring|on the first of June>
merge {3-6} account tariffs into two

= loans
- np
<personal|consumer> loans
the loans
borrowing
- bad
the loan was <approved|promised> at {5-9} percent and the contract says {12-25}
<refused|turned down> for a loan with a <perfect|spotless> credit history, no reason given
I paid the loan off in <March|May> and they still <take instalments|report a debt>
they <tacked|sneaked> a {amount} insurance onto the loan without <asking|a word>
{days} of "your application is being reviewed" for a loan of {big}
early repayment took {2-5} <visits|calls> and they still <kept the interest|counted it wrong>
- good
the loan was <on my account|paid out> in {10-50} minutes
they lowered the interest on my loan <themselves|without being asked>
early repayment was <two clicks|free>, interest recalculated <the same day|at once>
- ask
what rate would I get on a loan of {big}
can a personal loan be repaid early <without a penalty|>
what papers are needed to borrow {big}
- req
send me the <repayment schedule|closing statement> for my loan
recalculate the interest after my early repayment
- wish
show the real rate before the <application|credit check>
let us <skip one instalment a year|move the repayment date>
- fact
took out a loan <for a car|for a kitchen> there, {24-60} months
the loan calculator on their site now starts at {3-9}.{1-9} percent
- help
early repayment is under Loans, then Repay<, without a penalty|>
the closing letter for a loan is ready in {2-5} working days
- npos
<cut|lower> personal loan rates to {3-6}.{1-9} percent
offer repayment holidays on <car|personal> loans
- nneg
<rising|a growing share of> bad consumer loans
insurance that was <slipped|sold> into loan contracts
- nneu
tighten its lending <rules|criteria> from <autumn|September>
sell a portfolio of consumer loans worth {20-300} million

= mortgage
- np
the mortgage
mortgages
home loans
- bad
{2-6} weeks for a mortgage decision and the <seller|flat> is gone
the mortgage offer went up by <one point|two points> <on the day of signing|after they had all our papers>
they lost <our valuation|the title deed copies> and want us to pay for it <again|twice>
they keep the lien on the flat {3-9} months after the <last|final> mortgage payment
our mortgage adviser <left|changed> {times} and each asks for the same papers
- good
our mortgage was approved in {2-4} days, <keys|moving in> next week
the mortgage adviser <found a lower rate|walked us through every page of the contract>
we refinanced our home loan in one afternoon
- ask
how much deposit do you want for a first <flat|home>
is it possible to refinance a mortgage from another lender
what is the fixed rate for {10-25} years <now|today>
- req
lift the lien on our flat, the mortgage <is paid off|was closed in January>
send the mortgage interest certificate for {2023-2025}
- wish
let us upload mortgage papers online
offer <a fixed rate for the whole term|mortgages for single parents>
- fact
they quote {3-5}.{1-9} percent for a {15-30} year mortgage
signed the mortgage papers <today|on Tuesday>
- help
the mortgage certificate is issued <in a day|at once> under Home loan, then Documents
refinancing a home loan takes about {2-4} weeks, the list of papers is on the site
- npos
cut mortgage rates for <first-time buyers|young families>
approve home loans <online|in one day>
- nneg
<months of|long> delays in mortgage approvals
a rise in mortgage arrears and <home repossessions|evictions>
- nneu
move its mortgage desk to {city}
review its fixed mortgage rates <in May|next week>

= deposits
- np
the savings account
deposits
savings rates
- bad
the savings rate fell from {3-5} to {1-2} percent and <nobody told us|I found out by accident>
my fixed deposit was rolled over at {1-2} percent <without asking|"automatically">
closing a savings account takes {2-4} visits and a "retention talk"
the interest promised on my deposit is {amount} short
they advertise {5-7} percent on savings and it is for <one month only|two months and new money only>
- good
{4-6} percent on savings and the interest is paid <daily|every month>
opened a deposit <in two minutes|from the sofa>, money available any day
they raised the rate on my existing savings account too
- ask
what is the rate on a <six|twelve> month deposit
is interest paid monthly or at the end of the term
can I take money out of the fixed deposit <early|before the term ends>
- req
stop the automatic renewal of my deposit
pay the interest on my savings to <another|my current> account
- wish
let us top up a fixed deposit
offer a savings account for <children|two people>
- fact
their six month deposit is at {2-5}.{1-9} percent <today|this week>
my fixed deposit ends in <April|May>
- help
automatic renewal can be switched off under Savings <up to the last day|any time before maturity>
interest on this deposit is paid <on the last day of each month|at maturity>
- npos
raise savings rates to {4-6}.{1-9} percent
launch a <deposit|savings account> with daily interest
- nneg
an outflow of savings after its rate cut
deposits rolled over at lower rates without consent
- nneu
change its deposit rates <on Monday|from the {4-20}th>
end its {3-9} month deposit for new customers

= transfers
- np
<money|bank> transfers
wire transfers
sending money
- bad
a transfer of {amount} has been <hanging|"pending"|in limbo> for {days}
my <salary|rent> transfer <vanished|went out twice> and <support shrugs|they opened "an investigation">
sent money to my <mother|landlord>, it left my account and never arrived
an instant transfer that takes {days}, what a name
they returned an <international|incoming> payment without a reason and kept {10-60} for it
standing order not executed {times}, now I pay my landlord late fees
- good
the transfer <to {city}|abroad> arrived in {5-50} seconds
instant payments are <free|on> day and night
a payment with a wrong number was back in my account the next day
- ask
how long does a transfer to <another bank|a foreign account> take
what is the daily limit for instant payments
can I cancel a transfer I sent <an hour ago|by mistake>
- req
trace a transfer of {amount} from the {4-20}th
recall a payment, I mistyped the account number
- wish
let us schedule transfers for the weekend
show where a transfer is <stuck|right now>
- fact
sent {amount} to a friend <in {city}|>, standing order from next month
transfers after {3-6} pm go out the next working day
- help
a transfer can be recalled under Payments until it is <executed|booked>
payments abroad take {2-4} working days, instant ones up to {10-100},000 arrive in seconds
- npos
make instant transfers free <of charge|for all>
open instant transfers to {8-30} countries
- nneg
transfers <stuck for days|that never arrived>
salaries <credited twice|delayed> by a processing error
- nneu
switch to a new payment system <over the weekend|in May>
set new limits on transfers abroad

= insurance
- np
the insurance
travel insurance with the card
the insurance
- bad
the insurer <they sold me|that came with the account> rejected my claim {times}
travel cover "included" until you <break a leg|lose a suitcase>
cancelled the insurance in <May|June>, the premium is still being taken
I was talked into a policy I cannot <even use|cancel for {2-5} years>
{2-6} weeks of silence on an insurance claim <with every receipt attached|for {amount}>
- good
the travel cover paid my <hospital bill|lost luggage> within {3-9} days
insurance claim settled without a single phone call
cancelled my policy and got the rest of the premium back
- ask
does the cover for trips include skiing
does the card's travel insurance cover <skiing|my children>
how do I file an insurance claim <from abroad|online>
how much is home insurance for a <flat|small house>
- req
cancel my home policy <from next month|and refund the premium>
send the insurance certificate for <a visa|my trip>
- wish
offer <pet|phone> insurance
let us file claims <with a photo|without paper forms>
- fact
they sell home and travel policies too
the premium is {5-40} a month, cover up to {20-90},000
- help
the insurance certificate can be downloaded under Policies
a claim needs <photos and a receipt|the police report>, it is decided in {3-10} days
- npos
include travel insurance in its standard account
pay small insurance claims within <a day|an hour>
- nneg
policies mis-sold to <pensioners|borrowers>
rejected insurance claims
- nneu
change the insurer behind its <card|home> cover
end its phone insurance <in June|for new customers>

= currency_exchange
- np
the exchange rates
currency exchange
foreign currency
- bad
their exchange rate is {3-8} percent worse than <the official one|the booth round the corner>
changed {amount} and lost {20-90} on <a rate that "updated" mid-way|the spread>
the foreign currency account was closed for exchange for {days} just when I needed dollars
ordered foreign cash, came for it, "we have none, try {city}"
- good
best exchange rate in {city}, almost no spread
changed dollars at the interbank rate, even on Sunday
ordered lira for the holiday and it was ready the same day
- ask
what is the rate for dollars <today|right now>
can I hold <pounds|yen> in a foreign currency account
where can I change <lira|yuan> into euros <in {city}|>
- req
open a dollar account for me
reserve {500-5000} dollars in cash at the branch in {city}
- wish
show the exchange margin <openly|next to the rate>
add <yuan|dirham> accounts
- fact
the euro is at 1.{10-19} dollars there <today|this morning>
changed a bit of money before the trip
- help
the rate is fixed for {30-90} seconds under Exchange, and the margin is shown
foreign cash can be ordered {2-4} days ahead
- npos
exchange {8-25} currencies without a markup
open currency exchange at weekends
- nneg
a hidden markup on exchange rates
foreign cash running out in its branches
- nneu
set exchange rates every {5-30} minutes
add {2-6} currencies to its exchange service
"""
