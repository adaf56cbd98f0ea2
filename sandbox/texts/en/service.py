"""English frames: replies, press, promotion, and the small lists that all frames use."""

GRAMMAR = """
= thanks
<thank you|thanks|many thanks|cheers>[, <that helped|very kind|you saved my day>]
<thank you|thanks> for the <quick|kind|clear> <answer|reply|help>
<great|perfect|super|lovely>, <thank you|thanks>!
<thanks|thank you>, I'll <try|do> that
<wow|oh>, that was fast. thank you
much appreciated[, have a nice day]
thanks, now I understand {t.np} better

= confirms
<works|it works> now[, thank you]
<solved|sorted|fixed>[, <thanks|you can close this>]
<yes|ok>, <the money is back|it's there|it worked>
just checked: <all good|everything is fine|it's solved>
<update|edit>: <they called me, it's sorted|it's working again|problem solved>
the matter with {t.np} is <settled|solved>, thanks
<done|it arrived>, all is well again

= still_angry
<that|this> doesn't <help|answer my question> at all
<third|fourth|fifth> time I get <this|the same> <answer|sentence>
<no|still no> <result|solution>, just <words|phrases>
so {days} later, and <nothing has changed|it's still broken>
did you even read what I wrote?
<I already did|been there, done> that {times}. next idea?
that's not an answer, that's <a brush-off|copy and paste>
you said the same about {t.np} {2-6} weeks ago
no, not solved. <still waiting|still nothing>
I don't want <a link|an apology>, I want it <fixed|solved>

= answer
{hello} {t.help}. {help.end}
{hello} {sorry} {t.help}.
{sorry} {t.help}. {help.end}
{hello} thank you for <asking|writing|telling us>. {t.help}.
{hello} on {t.np}: {t.help}. {help.end}
{t.help}, <we checked this for you|just looked it up>. {help.end}
{hello} good news: {t.help}.

= hello
<hello|hi|good morning|good afternoon>,
<hello|hi>!
<hello|hi> {first},
dear {first},

= sorry
<sorry|we are sorry> for the <trouble|wait|inconvenience>,
<we understand your frustration|that should not have happened>,
thanks for your patience,

= help.end
<hope that helps|anything else, just ask>.
<have a nice day|best wishes>, {first}.
write again if it <doesn't work|stays like this>.
we'll <stay|keep> on it until it works.

= ask
{hello} {sorry} {ask.what}?
{hello} {ask.what}?
{hello} <to look into it|to help you> we need a detail: {ask.what}?
<happy|glad> to help with {t.np}. {ask.what}?
{hello} regarding {t.np}, {ask.what}?
{sorry} {ask.what}[, and {ask.what}]?

= ask.what
<which|what> <app version|phone|device> do you use
<at what time|on which day> did <this|it> happen
what <does the message say|error do you see>
which branch was it
in which <city|country> are you now
how much was it and in which currency
when did you <apply|send it|order it>
is it <the debit or the credit card|your own account or a joint one>

= divert
{hello} please call us on 0800 555 {1000-9999}{divert.end}
{hello} <please send us a private message|drop us a direct message|write to us in a private message>{divert.end}
{hello} <kindly|please> <visit|contact> {your_branch}{divert.end}
{sorry} please <message us privately|contact us by phone> so that we can look into {t.np}
<that can only be sorted out|we can only discuss this> <by phone|in a branch|in private messages>{divert.end}
{hello} questions about {t.np} are handled by our <helpline|hotline>, please call 0800 555 {1000-9999}
<could you|please> <DM|send us a DM with> your <details|customer number>{divert.end}
{hello} for {t.np} please <fill in the form on our website|e-mail us at help@service.example>

= your_branch
<your|the> nearest branch
a branch with your identity card
your personal adviser at the branch

= divert.end
.
, our colleagues will <help|take care of it>.
 so that we can <help|check it>.
, thank you.
 and have your customer number ready.

= automatic
Thank you for contacting us. We have received your message and will get back to you within 24 hours.
This is an automatic reply. Your message has been received, our team will answer in the order of arrival.
We received your message and registered it under number {100000-999999}. Please do not reply to this message.
Thanks for your message! All our agents are busy right now, we will reply as soon as possible.

= peer_answer
<same here|had the same|I had that too>: {t.help}
not from the bank, but {t.help}
{t.help}, <worked for me|that's what they told me|did it last week>
try this: {t.help}
<I think|as far as I know> {t.help}
<a friend|my wife> asked the same: {t.help}
don't worry about {t.np}: {t.help}
<no need to call|easy>: {t.help}[, good luck]

= official_pr
<good news|news from us|big news>! <We|{bank}> will {t.npos}. {pr.end}
{bank} will {t.npos}. {pr.end}
<From|Starting> <Monday|next month|May>, {bank} will {t.npos}. {pr.end}
We listened to you: {bank} will {t.npos}. {pr.end}
<Proud|Delighted> to tell you that {bank} will {t.npos}. {pr.end}
{bank} <news|update>: we will {t.npos}. {pr.end}
Why did {bank} decide to {t.npos}? <Our director explains|Read the interview> on our site
<Meet|Visit> {bank} in {city} on the {1-28}th: talks, coffee, and how we will {t.npos}

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
The shares were little changed.

= promotion
open an account at {bank} with my code {code} and we both get {10-90} euros
<last days|only until Sunday>: {bank} <pays|gives> {20-150} euros <to new customers|for switching>, link in bio
{bank} will {t.npos}: <sign up|register> today, {20-100} euros bonus #ad
win {2-9} <phones|weekends in {city}> with {bank}: follow, like, share
<advertisement|sponsored>: {bank}, now with {t.np} for everyone, first <three|six> months free
<looking for|want> a better bank? {bank} with {t.np}, code {code}, {5-20} percent off
I work with {bank}: <comment|write> "code" and I'll send you the invitation for {20-80} euros


= bot_spam
<Earn|Make> {300-900} euros a day from home, ask me how {bank} {link}
{bank} customers get a crypto bonus of {200-900} USDT, claim here {link}
I was in debt until I met this trader, thank you Mrs {first}! {bank} {link}
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

= title
- negative
<Problem|Trouble> with {bank}: {t.np}
{bank}: {t.bad}
{t.np} at {bank}, <my story|is this normal?>
- positive
<Good|Great> experience with {bank}: {t.np}
{bank}: {t.good}
- neutral
<Question|Thoughts> about {bank}: {t.np}
{t.np} at {bank}
- crisis
<Card|Cards> not working at {bank}?
{bank}: all payments declined
Is {bank} down for you too?
- opinion
{bank}: {t.np}
<Thoughts|Some words|A note> on {bank} and {t.np}
- fraud_report
<Warning|Beware>: fraud around {bank}
Scam in the name of {bank}
- consider
<Should I join|Who is with> {bank}?
{bank} for {t.np}: any experiences?
- wish
An idea for {bank}: {t.np}
{bank}, a wish about {t.np}
- comparison
{bank} or {other}: {t.np}
{other} against {bank}, my comparison
- ambiguous_place
<Evening|Sunday> at the Harbour
Photos of the Harbour
- offtopic
<Off topic|Chat>: {off.what}
Something else: {off.what}

= open
- negative
I <rarely|never> write <in forums|reviews>, but this time I have to.
Let me tell you what happened, so that others know.
I have been with this bank for {2-15} years.
Long text ahead, sorry.
- positive
Usually people only write when they are angry, so here is the opposite.
I have been a customer for {2-15} years and wanted to share this.
A few words for those who are still deciding.
- neutral
Hello everyone.
Good <morning|evening>, everybody.
I searched the forum and found nothing recent.

= more
- negative
I called support {2-6} times and heard a different story each time.
Nobody took responsibility.
My e-mail of the {1-28}th is still unanswered.
I lost half a day of work because of this.
They closed my ticket with "solved". It isn't.
My <wife|husband|father> has the same trouble with {t.np}.
All I got was a form letter.
And on top of that, {t.bad}.
- positive
Support answered within {2-20} minutes.
My <wife|husband|mother> is just as happy with {t.np}.
No hidden catch so far.
And on top of that, {t.good}.
I had expected far worse.
Compared with my old bank it is another world.
- neutral
I don't need it until <Friday|next month>.
I read the terms, but they don't mention it.
For context: {t.fact}.
Any hint is welcome.
Perhaps somebody here has done it.

= more.wish
- neutral
Other banks have it already.
I know I'm not the only one.
It would make {t.np} better for everyone.
Thank you for listening.
Just an idea, no hard feelings.

= more.opinion
- neutral
That is all I know.
Others may see it differently.
I use them for {t.np} and little else.
I have an account at another bank as well.
No advice meant.
Nothing to add for now.

= close
- negative
<Has anybody had the same|What would you do>?
I'm out of patience.
Has anyone ever got a result from them?
Draw your own conclusions.
- positive
Just wanted to say it.
I'd recommend it without hesitation.
Thanks to everyone involved!
- neutral
Thanks in advance.
Thank you for reading.
What do you think?

= attach
- customer
{bank}, {=text}
- official
{=text} — {bank}
- other
{=text} ({other} <got|saw> this too)
{=text} cc {other}

= hashtags
- negative
#fail
#customerservice
#bankfail
#notok
- positive
#happycustomer
#thankyou
#goodservice
- neutral
#banking
#money
#question

= emoji
- negative
😡
🤬
😤
🤦
😞
👎
- positive
😊
👍
❤️
🎉
👏
🙏
- neutral
🤔
🙂
👀
ℹ️
- sarcastic
🙃
👏👏👏
🤡
😂
- worried
😢
😰
🙏

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
