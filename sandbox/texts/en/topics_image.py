"""English wordings by topic: data, products, reputation, employer, fear, business, charity, loyalty, general."""

GRAMMAR = """
= data_leak
- np
data protection
privacy
personal data
- bad
my name, number and balance are <in a leaked file|for sale on a forum>
since their data breach I get {4-20} <spam|scam> calls a day
they mailed me the statement of <a stranger|some Mr Keller>, all his payments inside
learned about the leak of our data from the press, not from them
another customer's documents show up under my login
- good
no junk mail ever since I gave my address, privacy is taken seriously
after the breach they wrote to everyone the same day and paid for monitoring
they ask for less personal data than anyone else
asked what they hold about me and got a complete file in {2-6} days
- ask
was my data in the leak
how can I see <what you store about me|who opened my file>
do you pass customer data to advertisers
- req
delete my personal data, I left in {2019-2024}
tell me which of my data leaked
- wish
let us see who looked at our data
store less, and delete old copies of passports
- fact
they have a new privacy notice
got a letter about personal data processing <today|this week>
- help
the privacy page shows what is stored, and it can be deleted there
affected customers got a letter, passwords were reset to be safe
- npos
let customers see every use of their data
pay for data monitoring for {20-80},000 customers
- nneg
a leak of {20-900},000 customer records
personal data found on an open server
- nneu
update its privacy policy
inform the data protection authority about an incident

= new_product
- np
the new <product|offer>
the new account for teenagers
the subscription plan
- bad
the new plan is the old account with a price tag
they launched a product that is "coming soon" in my country for {3-9} months
signed up for the new investment thing, it shows someone's demo data
the beta of the teen account locked my kid out on day one
- good
tried the new budgeting feature, it found {2-5} forgotten subscriptions
the new teen account is exactly what we needed
the just launched savings pots are <simple|clever> and <free|fun>
- ask
when does the new plan start in <{city}|our region>
what is in the new subscription that the old account lacks
can existing customers get the newly launched offer
- req
put me on the waiting list for the new plan
switch me to the new package
- wish
launch <pots for shared costs|an account for clubs>
make a plan for people over 70
- fact
they launched a new plan <today|this week>, {3-9} a month
the pilot of the new account starts in {city}
- help
the new plan opens to everyone in <May|June>, the waiting list is in the app
existing customers can switch to the new plan once, free of charge
- npos
launch <an account for teenagers|savings pots for families|a budgeting assistant>
introduce a subscription plan with <travel cover|investments> inside
- nneg
the failed launch of its new plan
a new product pulled after {2-6} weeks
- nneu
test a new account with {1-9},000 customers
rename its subscription plans

= reputation
- np
the brand
the reputation
its public image
- bad
yet another scandal, the {3-5} in a year
promises on every billboard and shame in every headline
sponsors a golf cup while pensioners wait for their refunds
they delete critical comments under their posts
nobody I know trusts that name any more
- good
one of the few that still keeps its word
named the most trusted by <readers|customers> for the {2-5} time, and rightly so
they admitted a mistake in public and put it right, that is class
- ask
what is their reputation like
can one trust that name
why is everyone talking about them <today|this week>
- req
comment on the article in today's paper
publish the findings of your inquiry
- wish
listen to customers before buying more billboards
be honest about mistakes
- fact
their name is on the <stadium|tram> now
saw their <advert|billboard> near {place}
- help
the statement on the article is on the press page
the results of the inquiry are published in <May|June>
- npos
publish its promises to customers and report on them every <quarter|month>
publish its complaint figures every month to earn trust
- nneg
a scandal around <its former chairman|bonuses for the board>
a boycott call on social media
- nneu
change its logo
appoint a new head of communications

= employer
- np
working there
the jobs there
careers there
- bad
worked there for {2-6} years: unpaid overtime and {2-4} bosses who shout
interview number {4-7}, then silence, then a rejection by robot
my friend was laid off by e-mail after {8-20} years
salaries {10-30} percent under the market, but there is a table football
- good
{2-9} years on the team and I still like Mondays
best onboarding of any job I had: mentor, laptop, lunch on day one
they let parents work from home and nobody frowns
- ask
is anyone here working there, what is the salary for <an analyst|a tester>
do they hire <students|people over 50>
how many interview rounds are there for a developer
- req
answer my job application from {2-6} weeks ago
send my employment reference
- wish
pay interns
state the salary in every vacancy
- fact
they are looking for <analysts|tellers> in {city}
had an interview there <today|on Wednesday>
- help
applications get an answer within {2-4} weeks, vacancies are on the careers page
internships start in <March|September>
- npos
hire {100-900} engineers in {city}
move to a four-day working week <for parents|in a pilot>
- nneg
<mass|planned> layoffs of {200-900} employees
staff complaints about unpaid overtime
- nneu
open an office for {100-500} employees in {city}
name a new head of human resources

= liquidity_fear
- np
the safety of deposits
the solvency
the stability
- bad
everyone says they are running out of money and they answer with a smiley
withdrawals are capped at {200-900} a day now, we all know what comes next
I'm getting my savings out before the doors close
{20-60} people outside taking their money out, the clerk whispers about "liquidity"
bonds at {40-70} cents, and they tell us there is nothing to fear
- good
they passed the stress test with room to spare, my savings stay
the panic was nonsense: I withdrew {2-9},000 with no limit and no questions
solid capital, boring balance sheet, just what I want for my savings
- ask
is it true that they may go bankrupt
are my savings guaranteed up to 100,000 there
should I take my money out because of the rumours
- req
explain the rumours about insolvency
let me withdraw my whole deposit today
- wish
publish your capital ratio every month
talk openly about the rumours
- fact
their capital ratio is {13-19}.{1-9} percent in the last report
deposits are guaranteed up to 100,000 by law
- help
savings are guaranteed up to 100,000, and withdrawals work as usual
the capital report is public, there is no limit on withdrawals
- npos
raise fresh capital and calm depositors
publish its liquidity figures every week
- nneg
rumours of insolvency and a run on its branches
a rating cut over liquidity worries
- nneu
publish its liquidity figures next week
borrow {100-900} million on the bond market

= business_banking
- np
business accounts
banking for small firms
the merchant service
- bad
they froze our company account on payroll day
the card terminal in our café is dead <on Saturday|since {hour}> and we lose {60-400} euros an hour
{3-8} weeks to open a business account for a bakery of {2-6} people
accounting export for our firm is broken since <May|the update>
merchant fees went up to {2-4}.{1-9} percent without notice
- good
opened our company account in {2-4} days, invoices and terminal included
the business adviser understood our <bakery|workshop> better than our accountant
card takings are on our company account the next morning
- ask
what do you charge for a card terminal in a small shop
can a sole trader open a business account online
does the business account link to accounting software
- req
replace the card terminal in our shop
add my partner as signatory of the company account
- wish
offer invoices inside the business account
make a cheaper tariff for new firms
- fact
our firm's account is with them since {2012-2023}
they hold a breakfast for entrepreneurs in {city}
- help
a second signatory is added under Company, Users<, both must sign|>
a terminal is replaced within {2-4} working days
- npos
lend {50-500} million to small firms
launch a free account for start-ups
- nneg
frozen accounts of small firms
merchants left without takings
- nneu
change tariffs for business customers
merge its small business units

= charity
- np
the charity work
donations
the good causes
- bad
donated through them and {5-12} percent went on "processing"
they post about the orphanage and took the playground back after the photos
a charity run with a budget of {20-90},000 for the banners alone
rounding up for charity was switched on without asking me
- good
they matched every donation for the flood victims
their volunteers painted our school <on their day off|and stayed for lunch>
rounding up for the children's hospital: {2-9},000 trees and {2-6} ambulances later, lovely idea
- ask
where do the rounded-up donations go
how can our shelter apply for a grant
is there a fee on donations
- req
send a receipt for my donations in {2023-2025}
stop the monthly donation to the animal shelter
- wish
let us donate points to a <hospice|food bank>
match donations to animal shelters
- fact
they hold a charity run <on Sunday|in {city}>
there is a donation box at the branch on {street}
- help
the donation receipt is under Documents, there is no fee on donations
grant applications are open until the end of <May|October>
- npos
donate {1-9} million to <children's hospitals|flood victims>
plant {10-90},000 trees with customers' donations
- nneg
criticism of fees taken from donations
a charity fund with missing {20-90},000
- nneu
hold its charity run in {city}
choose {3-9} charities for its annual programme

= general
- np
the service
the whole experience
everyday banking
- bad
nothing works as promised
{days} without an answer
third letter, third excuse
you are a number to them and they can't even find the number
simple question, {2-6} weeks, no result
they promise a solution and disappear
- good
everything simply works
never had a problem in {2-12} years
quick, polite, no fuss
they treat you like a person
- ask
is it worth it
what are your experiences
does it suit a student
- req
look into my case, number {10000-99999}
answer the letter I sent {2-6} weeks ago
- wish
be a little faster
write letters in plain words
- fact
I've been a customer for {2-15} years
got a letter from them <today|this week>
- help
such cases are usually settled within {2-5} days
everything is explained under Help, Questions
- npos
simplify <its range|all its letters>
open its doors to {20-90},000 new customers
- nneg
a rise in complaints to the ombudsman
slow and careless service
- nneu
present its annual report on Thursday
hold its annual meeting in {city}

= loyalty
- np
cashback
the loyalty points
the bonus programme
- bad
{3-9},000 points <expired overnight|gone>, no warning
cashback "up to 10 percent" was {2-4} euros for the whole month
they changed the bonus rules <again|mid-year> and <groceries|petrol> no longer count
the welcome bonus never came, now it's "you misread the terms"
- good
cashback of {small} this month, <straight onto the account|in real money>
paid for my <flights|weekend in {city}> with points
their bonus categories are things I really buy: food, fuel, pharmacy
- ask
when is cashback paid <out|for last month>
do loyalty points expire
which shops give cashback in <April|May>
- req
credit the welcome bonus that I was promised
move my points to my <wife's|husband's> account
- wish
let us choose cashback categories <ourselves|every month>
turn points into <cash|donations>
- fact
cashback categories for next month: <groceries and taxis|books and fuel>
I have {2-9},{100-900} bonus points there
- help
points are credited by the {5-15}th and are valid for {12-36} months
cashback categories are picked under Rewards until the last day of the month
- npos
pay {2-5} percent cashback on <groceries|public transport>
turn loyalty points into cash at one to one
- nneg
[millions of ]loyalty points cancelled without notice
cashback <cuts|rules> that customers call a bait and switch
- nneu
change cashback categories from next month
move its bonus programme to a new partner
"""
