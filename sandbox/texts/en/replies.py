"""English frames: answers of banks and customers in a thread."""

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
what exactly did you <see|try>
<at what time|on which day> did <this|it> happen
what did the message say
what have you tried so far
in which <city|country> was it
is there a reference number
when did you first <notice it|write to us>
is it your own account or a joint one

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

= attach
- customer
{bank}, {=text}
- official
{=text} — {bank}
- other
{=text} ({other} <got|saw> this too)
{=text} cc {other}
"""
