"""English frames: what customers do with a topic's wordings."""

GRAMMAR = """
= complaint
{bank}, {t.bad}
{t.bad}. <thanks a lot|well done|great job|bravo>, {bank}
<so|ok>, {bank}: {t.bad}
<again|once more> {bank}. {t.bad}
{t.bad}, and {bank} <doesn't care|says nothing|sends emojis|thinks that's fine>
{bank} <strikes|does it> again: {t.bad}
<how|why> is this <possible|normal>, {bank}? {t.bad}
{t.bad}. <not the service I expected from|never again|this is how it goes with> {bank}
<wonder|wondering> whether anyone at {bank} reads this. {t.bad}
<day|week> {2-9} with {bank}: {t.bad}. {neg.end}
{t.bad}. {neg.end}, {bank}
{neg.start} {bank}, {t.bad}
<I liked|used to like> {bank}, <really|I did>, but {t.bad}
not <exactly|quite> what {bank} <promised|advertised>: {t.bad}
- formal
Dear {bank}, {t.bad}. {formal.end}.
I am writing to complain about {bank}: {t.bad}. {formal.end}.
To whom it may concern at {bank}: {t.bad}. {formal.end}.
I regret to say that {bank} <has let me down|leaves me no choice>: {t.bad}. {formal.end}.
- angry
{bank}, are you <serious|kidding>? {t.bad}!
{t.bad}! {neg.end}, {bank}!
what a <disgrace|joke|circus|mess>, {bank}! {t.bad}!
I'm {very} <done|fed up|angry> with {bank}! {t.bad}!
{bank}, <shame on you|wake up|do your job|get a grip>! {t.bad}
{t.bad}! <how hard can it be|what do I pay you for>, {bank}?!
worst <experience|bank> ever, {bank}: {t.bad}
- sarcastic
<love|just love> how {bank} {sarcasm}: {t.bad}
{t.bad}. <five stars|top service|brilliant>, {bank}, <as always|keep it up>
<congratulations|hats off>, {bank}: {t.bad}
<another|just another> <glorious|lovely> day with {bank}. {t.bad}
<ah|oh>, the <famous|legendary> {bank} service: {t.bad}
<thank you|thanks>, {bank}, for making my <day|week>. {t.bad}

= sarcasm
<cares about|values|spoils> its customers
<keeps|delivers on> its promises
makes life <easy|simple>
thinks of everything

= very
so
so so
sooo
really
beyond
absolutely

= neg.start
<seriously|honestly|listen>,
<come on|hello|hey>
<unbelievable|incredible>,
<sorry, but|I can't believe it>,

= neg.end
<and nobody|not a soul> answers
<what now|what's next>
I've <had enough|lost patience>
<this has to stop|sort it out>
is that <how you treat customers|normal>
I want <an answer|my time back>
still waiting
no words
not even an apology

= formal.end
I expect a written reply within {5-14} days
Kindly look into this without delay
I will go to the ombudsman unless this is resolved
This is not acceptable
I should be grateful for an explanation
Please confirm what you intend to do

= question
{bank}, {t.ask}?
<hi|hello|hey|good morning> {bank}, {t.ask}?
{t.ask}, {bank}?
{t.fact}. {bank}, {t.ask}?
{bank}, two questions: {t.ask}? and {t.ask}?
<my mother|my flatmate|a colleague> wants to know, {bank}: {t.ask}?
{bank}, {t.ask}? <need it|asking> for <Friday|next week|my trip|my parents>
<question|quick question> <for|to> {bank}: {t.ask}?
<does anyone know|can somebody tell me|who knows> about {t.np} at {bank}: {t.ask}?
<those of you with|people with an account at> {bank}, {t.ask}?
I'm with {bank}. {t.ask}?
<can't find it on the site|the FAQ doesn't say>, {bank}: {t.ask}?
{t.ask}? <asking|I mean> at {bank}
about {t.np}, {bank}: {t.ask}?
not urgent, {bank}, but {t.ask}?
- formal
Good <morning|afternoon|evening>, {bank}. Could you tell me: {t.ask}? Thank you in advance.
Dear {bank}, I have a question about {t.np}: {t.ask}?

= request
{bank}, please {t.req}
<hello|hi|hey> {bank}, could you {t.req}?
please {t.req}, {bank}
<can someone|could anybody> at {bank} {t.req}, please?
{bank}, I need you to {t.req}
my request to {bank}: {t.req}[, please]
{bank}, would you be so kind and {t.req}?
it's about {t.np}, {bank}: please {t.req}
<when you have a minute|today if possible>, {bank}, please {t.req}
- formal
Dear {bank}, I kindly ask you to {t.req}. <My customer number is {100000-999999}|You have my papers|Thank you>.
I hereby ask {bank} to {t.req}.

= wish
{bank}, <please think about it|an idea for you>: {t.wish}
<would be great|it would be nice|how good it would be> if {bank} decided to {t.wish}
<suggestion|idea|wish> for {bank}: {t.wish}
I wish {bank} would {t.wish}
{bank} could {t.wish}, <that would help many people|others do>
my <one|only> wish about {t.np} at {bank}: {t.wish}
<what if|imagine> {bank} chose to {t.wish}
dear {bank}, Christmas is far, but please {t.wish}
<what's missing|what I miss> at {bank}: {t.wish}, {why_wish}
{t.wish}, {bank}, {why_wish}

= why_wish
<it can't be that hard|it's {2025-2026} after all>
<half the town|my whole family> would be glad
it would save <time|nerves>
then I'd be <perfectly|completely> happy

= praise
<thank you|thanks|big thanks>, {bank}: {t.good}
{bank}, {t.good}. {pos.end}
{t.good}. {pos.end}, {bank}
<credit where it's due|have to say it|must praise>, {bank}: {t.good}
{t.good}. <that's|this is> why I'm with {bank}
<surprised|pleasantly surprised> by {bank}: {t.good}
{bank} <did it|got it right|delivers>. {t.good}
I rarely praise banks, but {bank}: {t.good}
I was ready to complain about {bank}, but no: {t.good}
no complaints about {bank}: {t.good}
{t.good} <and I'm {very} happy|and that made my day>. {bank}, <respect|chapeau|well done>
- formal
Dear {bank}, I would like to thank you: {t.good}. {pos.end}.
I wish to commend {bank}: {t.good}.

= pos.end
<keep it up|more of that>
<made my day|I'm impressed>
<five stars|ten out of ten>
that's how it <should be|is done>
<couldn't be better|wouldn't change a thing>
<chapeau|hats off|respect>
I'm <really|honestly> <happy|pleased>
I recommend it to everyone

= consider
thinking <of|about> <switching|moving> to {bank}, my <neighbour|aunt> says "{t.good}". <worth it|any experiences>?
<considering|looking at> {bank} because of {t.np}. {t.ask}?
should I <open an account at|go to|join> {bank}? <a colleague says|friends say>: {t.good}
<I might|maybe I'll|I'm tempted to> join {bank}, mainly for {t.np}
<comparing|reading about> {t.np} <before I choose a bank|this weekend>, {bank} is on my short list
<who has|anyone with> an account at {bank}? I'm <thinking of joining|looking for a new bank>, I care most about {t.np}
my current bank is no good for me, so it's <perhaps|probably> {bank} next, because of {t.np}
- other
<torn|undecided> between {bank} and {other}. I need a new account and care about {t.np}
{bank} or {other}? <opening|I'll open> an account next <week|month>, mostly for {t.np}
thinking of leaving {other} for {bank}, <people praise|I like what I hear about> {t.np}

= leave
<that's it|enough|goodbye>, {bank}: {t.bad}. <closing|I'm closing> my account
<moving|I'm taking> my money <out of|away from> {bank}. {t.bad}
after {2-15} years I'm leaving {bank}: {t.bad}
{t.bad}. account at {bank} <closed|cancelled>[, goodbye]
<last straw|last drop>: {t.bad}. <bye|farewell>, {bank}
how do I close my account at {bank}? {t.bad}
<already|today> opened an account elsewhere, {bank} can keep its promises: {t.bad}
- other
leaving {bank} for {other}. {t.bad}
{t.bad}. so it's goodbye {bank}, hello {other}
<closed|cancelled> {bank} today and signed up with {other}: {t.bad}

= fraud_report
warning: <text messages|calls|e-mails>[ about {t.np}] pretending to be {bank}, <they ask for the code|the link is fake>
{bank}, somebody <calls people|rang my mother>[ about {t.np}] in your name and <asks for|wants> the code from the text
there is a fake {bank} page asking for passwords, {scam.how}
<{amount}|money> was taken from my account at {bank} without me: {scam.what}
{bank}, unauthorised <payment|transfer> of {amount}: {scam.what}, please block everything
just got a <fake|scam> text "from {bank}": <your account will be locked|you won a prize>. {scam.how}
beware of a profile that looks like {bank}, it writes to people who ask about {t.np}. {scam.how}
phishing alert, {bank}: a page copies your login, {scam.how}
reporting a fraud to {bank}: {scam.what}, it began with a call about {t.np}

= scam.how
<two|several> neighbours already lost money
it wants card number and code
the link ends in strange letters
<don't click|be careful|tell your parents>
I reported it to the police
please have it taken down

= scam.what
{2-6} payments in a shop I never visited
a transfer to a person I don't know
someone logged in from {city} at {1-5} am
my number was changed to a stranger's
a loan taken in my name
the caller knew my balance

= opinion.positive
<honestly|in my view|for me>, {bank} is <the best|ahead of everyone> when it comes to {t.np}
say what you like, {bank} gets {t.np} right
{bank} <gets|got> {t.np} right: {t.good}
<two|three|five> years with {bank}, my verdict: {t.good}
<friends|colleagues> ask me about {bank}, I tell them: {t.good}
if you care about {t.np}, {bank} is a <good|safe|smart> choice
{bank}: {t.good}. <hard to beat|rare these days|I approve>
people underrate {bank}. {t.good}
I was sceptical about {bank}, not any more: {t.good}
nothing to fault in {t.np} at {bank}

= opinion.negative
<honestly|in my view|frankly>, {bank} is the worst when it comes to {t.np}
say what you like, {bank} keeps failing at {t.np}
{bank} and {t.np}: a sad story. {t.bad}
<everyone|half of my friends> at {bank} <says|complains about> the same: {t.bad}
<two|three|five> years with {bank}, my verdict: {t.bad}
if you care about {t.np}, <stay away from|forget> {bank}
{bank} talks a lot about {t.np} and delivers <little|nothing>
{t.np}, {bank} edition: {t.bad}
{bank} <used to be|was once> good, now it's like this: {t.bad}
I don't <understand|get> people who recommend {bank}, {t.bad}
whoever designed {t.np} at {bank} has never been a customer

= opinion.neutral
{bank} is <okay|average|neither good nor bad> when it comes to {t.np}
<good|strong> sides and weak sides at {bank}: {t.good}, but {t.bad}
{bank}: {t.np} <like everywhere else|nothing special>, {t.fact}
no strong feelings about {bank}. {t.fact}
{t.np} at {bank}: <depends on what you need|some are happy, some are not>
mixed feelings about {bank}: {t.bad}. on the other hand, {t.good}
{t.np} at {bank}: <no better and no worse than elsewhere|a shrug from me>
can't say much about {t.np} at {bank}, <I seldom need that|too early to judge>

= opinion.plain
{bank}: {t.fact}
{t.fact}. <it's|that's> {bank}, <by the way|for the record>
<today|this week> at {bank}: {t.fact}
{t.fact} ({bank})
<reading|talking> about {t.np} at {bank}
<noted|seen> at {bank}: {t.fact}
for those who asked about {bank}: {t.fact}
{bank} and {t.np} <were a subject|came up> at <lunch|work|the meeting> today
my <sister|brother|neighbour> works next to {bank}; {t.fact}

= comparison
{bank} vs {other}: with the first, {t.good}; with the second, {t.bad}
at {bank}: {t.good}. at {other}: {t.bad}
{other}: {t.bad}. {bank}: {t.good}. <see the difference|guess which one I keep>?
<went|moved> from {other} to {bank}, <worth it|no regrets>: {t.good}
{bank} is <miles|light years> ahead of {other} in {t.np}
{t.good}, that's {bank}, while {other} still <sleeps|lives in {1995-2008}>
after {other}, {bank} is <a holiday|fresh air>: {t.good}
why does {bank} get {t.np} right and {other} doesn't? {t.bad}, that was {other}
"""
