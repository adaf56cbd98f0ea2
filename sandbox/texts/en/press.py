"""English frames: the bank's own posts, news, promotion and spam."""

GRAMMAR = """
= official_pr
<good news|news from us|big news>! {bank} will {t.npos}. {pr.end}
{bank} will {t.npos}. {pr.end}
<From|Starting> <Monday|next month|May>, {bank} will {t.npos}. {pr.end}
We listened to you: {bank} will {t.npos}. {pr.end}
<Proud|Delighted> to tell you that {bank} will {t.npos}. {pr.end}
The next step for {bank}: {t.npos}. {pr.end}
{bank} is about to {t.npos}. {pr.end}
Why did {bank} decide to {t.npos}? <Our director explains|Read the interview> on our site
<Meet|Visit> {bank} in {city} on the {4-20}th: talks, coffee, and how {bank} will {t.npos}

= pr.end
<Details|More> <on our site|in the app>
<Because you matter|For you, with you|Banking made simple>
<What do you think|Tell us what you think>?
Read more <today|in our blog>
<Thank you|Thanks> for being with us

= news.title
- positive
{bank} to {t.npos=x}
{bank} plans to {t.npos=x}
{bank} set to {t.npos=x}
- negative
{bank} faces {t.nneg=x}
{bank} under fire over {t.nneg=x}
{t.nneg=x} <hit|weigh on|trouble> {bank}
{bank} and {t.nneg=x}: what is known
- neutral
{bank} to {t.nneu=x}
{bank} will {t.nneu=x}
{bank}: plans to {t.nneu=x}

= news.lead
- positive
{bank} <will|is to> {=x}, the bank said on {weekday}.
On {weekday}, {bank} announced a plan to {=x}.
{bank} wants to {=x}, according to a statement published on {weekday}.
- negative
{bank} is dealing with {=x}, <our newspaper|this desk> has learned.
Customers and regulators have raised {=x} with {bank} <this week|on {weekday}>.
<The week|The quarter> began badly for {bank}: {=x} came to light on {weekday}.
- neutral
{bank} intends to {=x}, a spokesperson said on {weekday}.
According to a notice published on {weekday}, {bank} will {=x}.
{bank} has confirmed its intention to {=x}.

= news.more
- positive
Consumer groups <welcomed|praised> the step.
Analysts see it as a sign of strength, and the shares rose {1-5}.{1-9} percent.
Customers in {city} who took part in the trial were enthusiastic.
"It is the most customer-friendly move in years," said one analyst.
Satisfaction with {t.np} rose {3-15} percent in the latest survey.
Rivals have so far nothing comparable to offer.
- negative
Consumer advocates called it "unacceptable" and <consider|prepare> a joint lawsuit.
The shares fell {1-9}.{1-9} percent in early trading.
The bank declined to comment.
Complaints about {t.np} have risen {15-80} percent within a year.
Affected customers speak of weeks without an answer.
The regulator has opened an inquiry.
"Trust is lost faster than it is won," said one analyst.
- neutral
The change concerns about {10-90} percent of customers.
Further details are to be published <next week|at the end of the month>.
The bank has {200-900},000 customers and {40-300} branches.
The costs were not disclosed.
Similar plans concerning {t.np} were discussed in {2021-2024}.
- context
The bank has {200-900},000 customers and {40-300} branches.
Its headquarters are in {city}.
The next report is due <in May|in three weeks>.
A year ago the subject was {t.np} as well.

= promotion
open an account at {bank} with my code {code} and we both get {10-90} euros
<last days|only until Sunday>: {bank} <pays|gives> {20-150} euros <to new customers|for switching>, link in bio
{bank} will {t.npos}: <sign up|register> today, {20-100} euros bonus #ad
win {2-9} <phones|weekends in {city}> with {bank}: follow, like, share
<advertisement|sponsored>: {bank} will {t.npos}. newcomers get <three|six> months free
<looking for|want> a better bank? {bank} will {t.npos}, code {code}, {5-20} euros for you
I work with {bank}: <comment|write> "code" and I'll send you the invitation for {20-80} euros

= bot_spam
<Earn|Make> {300-900} euros a day from home, ask me how {bank} {link}
{bank} customers get a crypto bonus of {200-900} USDT, claim here {link}
I was in debt until I met this trader, thank you {first}! {bank} {link}
Congratulations! {bank} selected you for a prize of {1000-9000} euros. Confirm here {link}
Loans without checks in {5-30} minutes, better than {bank}, write here {link}
Invest {100-300}, get {1000-5000} in {2-7} days, guaranteed {bank} {link}

= link
https://{link.word}-{link.word}.example/{code}
http://{link.word}{10-99}.example/{code}

= link.word
bonus
fast
crypto
gold
profit
win
cash
trade

= code
{link.letter}{link.letter}{100-999}{link.letter}
{link.letter}{10-99}{link.letter}{10-99}

= link.letter
<a|b|c|d|e|f|g|h|k|m|n|p|q|r|s|t|w|x|z>
"""
