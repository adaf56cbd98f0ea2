"""English wordings around a post: titles, openings, further sentences, closings, hashtags, emoji."""

GRAMMAR = """
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
My e-mail of the {4-20}th is still unanswered.
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

= more.request
- neutral
It has been open since <Monday|last week>.
I can send the papers if needed.
A short confirmation would be enough.
I wrote the same by e-mail.
For context: {t.fact}.

= more.fraud_report
- negative
Please warn other customers.
I have screenshots of everything.
The number they called from ends in {10-99}.
Elderly people will fall for it.
I reported it to the police on the {4-20}th.
They knew surprisingly much about me.

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
"""
