"""Where forum engines put things on their pages: one row an engine, read by extractors.shapes.forum_page.

    page ──detect()──► Engine ──selectors──► posts, quotes, signatures, next page, thread lists
Sources: the engines' own templates (phpBB 2.0.23, 3.0.14, 3.3 prosilver and subsilver2; MyBB 1.8; SMF 2.0, 2.1, 3.0) and
recorded pages (XenForo 1 and 2, vBulletin 3 to 5, Invision Community 3 and 4). A selector that begins with "." + "/" is XPath, else CSS.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from lxml import etree
from lxml.cssselect import CSSSelector


@dataclass(frozen=True, kw_only=True)
class Engine:
    """One engine's places. Selectors are relative to the post, those of pages and lists to the page."""

    name: str
    marks: str  # what only this engine's pages hold
    posts: str
    post_id: str  # regex with one group over the post's id, data-content, data-node-id and the ids below it
    author: str
    author_id: str  # regex with one group over the author's link
    time: str
    body: str
    quotes: str  # quoted words of others, taken out of the text
    quoted_id: str  # regex with one group over the quote's attributes and its citation's links
    noise: str = "script, style"  # taken out of the body
    signature: str = ".signature"
    permalink: str
    number: str = ""  # the post's place in the thread: "#12"
    edited: str
    likes: str = ""
    deleted: str  # on the post or below it: what says that it is gone
    title: str
    pagination: str
    rows: str  # threads of a list, the newest activity first
    row_link: str
    row_time: str
    boards: str  # forums of an index page
    thread_id: tuple[str, ...]  # regexes with one group over addresses, the surest first
    page_number: str  # regex with one group over a page's address: its number, or the offset of its first post
    zone: str = ""  # where the page says in which zone it shows times


PHPBB3 = Engine(
    name="phpbb3",
    marks="body#phpbb, body[class*='section-view'], link[href*='prosilver'], div.postbody div.content, div#wrapheader",
    posts="./descendant::div[contains(concat(' ', @class, ' '), ' post ') and starts-with(@id, 'p')]"
    " | ./descendant::table[contains(@class, 'tablebg')][.//a[starts-with(@name, 'p')]][.//b[contains(@class, 'postauthor')]]",
    post_id=r"^p(\d+)$",
    author=".postprofile dt a[class*=username], .postprofile dt span[class*=username], p.author a[class*=username],"
    " p.author span[class*=username], p.author strong, b.postauthor, .postprofile dt > a, .postprofile dt > strong",
    author_id=r"[?&]u=(\d+)|-u(\d+)(?:\.html|/|$)|/member(\d+)\.html|/user/(\d+)",
    time="p.author, td.gensmall, .postbody time",
    body=".content, div.postbody",
    quotes="blockquote, div.quotetitle, div.quotecontent",
    quoted_id=r"[?&]p=(\d+)|#p(\d+)|data-post-id=(\d+)",
    noise="script, style, dl.codebox dt, div.codebox > p, .attachbox",
    permalink="p.author a[href*='p='], h3 a[href*='p='], p.author a[href*='#p'], td.gensmall a[href*='p=']",
    edited="div.notice, span.gensmall, td.row3 span.gensmall",
    deleted="./self::*[contains(concat(' ', @class, ' '), ' deleted ')] | .//*[contains(@class, 'post_deleted_msg')]",
    title="h2.topic-title, h3.topic-title, h2 a.titles, h2 > a[href*='viewtopic'], .topic-title",
    pagination=".pagination",
    rows="ul.topics > li.row, ul.topiclist.topics li.row, ./descendant::table[contains(@class, 'tablebg')]//tr[.//a[contains(@class, 'topictitle')]]",
    row_link="a.topictitle",
    row_time="dd.lastpost time, dd.lastpost > span, dd.lastpost, ./descendant::td[last()]//p, ./descendant::td[last()]",
    boards="a.forumtitle, a.forumlink",
    thread_id=(r"[?&]t=(\d+)", r"-t(\d+)(?:[-.]|$)", r"topic(\d+)"),
    page_number=r"[?&]start=(\d+)|-t\d+-(\d+)\.html",
    zone="#page-footer li, .footer, .navbar li, p.datetime, #wrapfooter, td p",
)
PHPBB2 = Engine(
    name="phpbb2",
    marks="span.postbody, a.maintitle, td.bodyline",
    posts="./descendant::tr[./td/span[@class='name']/a[@name]]",
    post_id=r"^p?(\d+)$",
    author="span.name b",
    author_id=r"[?&]u=(\d+)",
    time="./td[2]//span[@class='postdetails']",
    body="./td[2]//td[.//span[@class='postbody']] | ./td[2]//span[@class='postbody']",
    quotes="./descendant::table[.//td[@class='quote']]",
    quoted_id=r"[?&]p=(\d+)|#(\d+)$",
    noise="script, style, span.gensmall",
    permalink="a[href*='p='], a[href*='#']",
    edited="span.gensmall",
    deleted="./self::*[contains(@class, 'deleted')]",
    title="a.maintitle",
    pagination="span.gensmall, td.nav, span.nav, span.pagination",
    rows="./descendant::tr[.//a[@class='topictitle']]",
    row_link="a.topictitle",
    row_time="./td[last()]//span[@class='postdetails']",
    boards="a.forumlink",
    thread_id=(r"[?&]t=(\d+)", r"ftopic(\d+)", r"-t(\d+)"),
    page_number=r"[?&]start=(\d+)",
    zone="span.gensmall",
)
XENFORO2 = Engine(
    name="xenforo2",
    marks="html#XF, html[data-app=public], article.message--post, div.p-body-pageContent",
    posts="article.message--post, ./descendant::article[contains(@class, 'message') and starts-with(@data-content, 'post-')],"
    " ./descendant::div[contains(@class, 'message--deleted') and starts-with(@data-content, 'post-')]",
    post_id=r"post-(\d+)$",
    author=".message-name .username, .message-userDetails .username, .message-attribution .username, .username[data-user-id]",
    author_id=r"members/(?:[^/]*\.)?(\d+)",
    time=".message-attribution-main time, .message-attribution time, time",
    body=".message-body .bbWrapper, .message-body, .bbWrapper",
    quotes="blockquote.bbCodeBlock--quote, .bbCodeBlock--quote",
    quoted_id=r"post:\s*(\d+)|goto/post\?id=(\d+)|#post-(\d+)|posts/(\d+)",
    noise="script, style, .js-selectToQuoteEnd, .bbCodeBlock-expandLink, .bbCodeBlock-shrinkLink, .messageHide",
    signature=".message-signature",
    permalink=".message-attribution-main a[href*='post-'], a.message-attribution-gadget[href*='post-'],"
    " .message-attribution a[href*='post-'], a[href*='post-']",
    number=".message-attribution-opposite li",
    edited=".message-lastEdit",
    likes=".reactionsBar-link, .likesBar-link, .likesBar a",
    deleted="./self::*[contains(@class, 'message--deleted')] | .//*[contains(@class, 'messageNotice--deleted')]",
    title="h1.p-title-value",
    pagination=".pageNav, .pageNavWrapper, .pageNavSimple",
    rows=".structItem--thread, .contentRow",
    row_link=".structItem-title a[href*='threads/'], .contentRow-title a",
    row_time=".structItem-cell--latest time, .structItem-latestDate, .contentRow-minor time",
    boards=".node-title a",
    thread_id=(r"threads/(?:[^/?]*\.)?(\d+)", r"^thread-(\d+)$"),
    page_number=r"/page-(\d+)|[?&]page=(\d+)",
)
XENFORO1 = Engine(
    name="xenforo1",
    marks="html#XenForo, ol#messageList, ol.messageList",
    posts="li.message[id^='post-']",
    post_id=r"^post-(\d+)$",
    author="h3.userText .username, .messageUserBlock .username, a.username",
    author_id=r"members/(?:[^/]*\.)?(\d+)",
    time=".messageMeta .DateTime, .publicControls .DateTime, .DateTime",
    body="blockquote.messageText",
    quotes=".bbCodeQuote, blockquote.quoteContainer",
    quoted_id=r"goto/post\?id=(\d+)|#post-(\d+)|posts/(\d+)",
    noise="script, style, .messageTextEndMarker, .quoteExpand",
    permalink="a.datePermalink, a.item.muted.postNumber, a.postNumber, a[href*='#post-'], a[href*='posts/']",
    number=".postNumber",
    edited=".editDate",
    likes=".LikeText",
    deleted="./self::*[contains(concat(' ', @class, ' '), ' deleted ')] | .//*[contains(@class, 'deletionNote')]",
    title=".titleBar h1, h1",
    pagination=".PageNav",
    rows="li.discussionListItem, li.searchResult.post",
    row_link="h3.title a.PreviewTooltip, h3.title a[href*='threads/'], a[href*='threads/']",
    row_time=".lastPost .DateTime, .lastPostInfo .DateTime, .DateTime",
    boards=".nodeTitle a",
    thread_id=(r"threads/(?:[^/?]*\.)?(\d+)", r"^thread-(\d+)$"),
    page_number=r"/page-(\d+)|[?&]page=(\d+)",
)
VBULLETIN5 = Engine(
    name="vbulletin5",
    marks="body.vb-page, .b-post, .conversation-content",
    posts="li.b-post[data-node-id], .b-post.js-post",
    post_id=r"^(\d+)$|^post(\d+)$",
    author=".b-userinfo .author a, .author a, [itemprop=author] [itemprop=name], .author",
    author_id=r"/member/(\d+)|[?&]u=(\d+)",
    time=".b-post__timestamp time, .b-post__timestamp, time",
    body=".js-post__content-text, .b-post__content [itemprop=text], [itemprop=text], .b-post__content",
    quotes=".bbcode_quote, .b-bbcode__quote, blockquote.quote",
    quoted_id=r"[?&]p=(\d+)|#post(\d+)|node/(\d+)",
    signature=".b-post__signature, .signature",
    permalink="a.b-post__count, a.js-show-post-link, a[href*='#post']",
    number="a.b-post__count, .b-post__count",
    edited=".b-post__edited, .post-edit-reason, .js-post-edit, .b-post__edit-note, .edit-note",
    likes=".js-votes-count, .votecount, .b-post-control__vote-count",
    deleted="./self::*[contains(@class, 'b-post--deleted') or contains(@class, 'deleted-post')] | .//*[contains(@class, 'b-post__deleted')]",
    title=".b-module h1.main-title, h1.main-title, h1",
    pagination=".pagenav, .pagenav-container, .js-pagenav",
    rows="tr.topic-item, .topic-item, li.b-post--summary",
    row_link="a.topic-title, .topic-title a",
    row_time=".lastpost-by-date, td.cell-lastpost time, td.cell-lastpost, .lastpost-wrapper span:last-child",
    boards="a.forum-title, .forum-title a",
    thread_id=(r"/(\d+)-[^/]*(?:/page\d+)?(?:[?#]|$)", r"[?&]t=(\d+)"),
    page_number=r"/page(\d+)|[?&]page=(\d+)",
    zone="#vb-page-footer, .footer-copyright, footer, #footer, .footer",
)
VBULLETIN4 = Engine(
    name="vbulletin4",
    marks="html#vbulletin_html, ol#posts, li.postcontainer, li.postbitdeleted",
    posts="ol#posts > li[id^='post_']:not([id*='thank']), li.postcontainer[id^='post_'], li.postbitdeleted[id^='post_'],"
    " li.postbitlegacy[id^='post_']:not([id*='thank']), li.postbit[id^='post_']:not([id*='thank'])",
    post_id=r"^post_(\d+)$",
    author=".username_container .username, a.username, span.username, .username_container strong, .userinfo strong",
    author_id=r"member\.php\?(?:[^#]*?u=)?(\d+)|members/(\d+)|[?&]u(?:serid)?=(\d+)",
    time=".postdate .date, .postdate, .posthead .date, .userstats dd, .date",
    body="blockquote.postcontent.restore, [id^='post_message_'] blockquote.postcontent, [id^='post_message_']",
    quotes=".bbcode_quote, .bbcode_container_quote",
    quoted_id=r"[?&]p=(\d+)|#post(\d+)|-post(\d+)",
    noise="script, style, .bbcode_code_title, .bbcode_description, .tapatalkSignatur, .lastedited, .attachments",
    signature="blockquote.signature, .signaturecontainer, .signature",
    permalink="a.postcounter, a[href*='#post']",
    number="a.postcounter, .postcounter",
    edited=".lastedited",
    deleted="./self::*[contains(@class, 'postbitdeleted') or contains(@class, 'postdeleted')] | .//*[contains(@class, 'deletedby')]",
    title=".threadtitle, #pagetitle h1, .rel_thread_head h1, h1",
    pagination=".pagination, .pagination_top, .pagination_bottom, .threadpagenav",
    rows="li.threadbit, li[id^='thread_']",
    row_link="a.title[id^='thread_title'], h3.threadtitle a.title, .threadtitle a",
    row_time="dl.threadlastpost dd:last-child, .threadlastpost dd, .lastpostdate",
    boards="h2.forumtitle a, .forumtitle a",
    thread_id=(
        r"[?&]t=(\d+)",
        r"showthread\.php[?/](\d+)",
        r"/(\d+)-[^/]*?(?:-\d+)?(?:-post\d+)?(?:\.html|/?$)",
        r"threads/(\d+)",
    ),
    page_number=r"[?&]page=(\d+)|/page(\d+)",
    zone="#footer_time, .footer_time, .below_body, .footer_copyright",
)
VBULLETIN3 = Engine(
    name="vbulletin3",
    marks="meta[name=generator][content*='vBulletin 3'], div#posts, td[id^='td_post_'], div[id^='post_message_']",
    posts="./descendant::table[starts-with(@id, 'post') and translate(substring(@id, 5), '0123456789', '') = '']"
    " | ./descendant::*[self::section or self::div or self::li][starts-with(@id, 'post') and string-length(@id) > 4]"
    "[translate(substring(@id, 5), '0123456789', '') = ''][.//*[starts-with(@id, 'post_message_')]]",
    post_id=r"^post(\d+)$",
    author="a.bigusername, .bigusername, div[id^='postmenu_'], a[href*='member.php']",
    author_id=r"member\.php\?.*?u=(\d+)|members/(?:[^/]*-)?(\d+)|[?&]u=(\d+)|//[^/]+/(\d+)-[^/]+\.html$",
    time="[itemprop=dateCreated], [itemprop=datePublished], ./descendant::td[contains(@class, 'thead')][1] | ./descendant::td[contains(@class, 'tcat')][1]"
    " | ./descendant::div[contains(@class, 'normal')]",
    body="div[id^='post_message_'], td[id^='td_post_'] > div:not(.smallfont)",
    quotes="./div[./table//td[contains(@class, 'alt2')]] | .//div[contains(@style, 'margin:20px')][./table//td[contains(@class, 'alt2')]]",
    quoted_id=r"[?&]p=(\d+)|#post(\d+)|-post(\d+)",
    noise="script, style",
    signature="./descendant::div[starts-with(normalize-space(), '______')]",
    permalink="a[id^='postcount'], a[href*='showpost.php'], a[href*='#post']",
    number="a[id^='postcount']",
    edited="./descendant::div[contains(@class, 'smallfont')]/em",
    deleted="./self::*[not(.//div[starts-with(@id, 'post_message_')])][not(.//td[starts-with(@id, 'td_post_')])][.//a[contains(@href, 'member')]]",
    title="td.navbar strong, .navbar strong",
    pagination=".pagenav",
    rows="./descendant::tr[.//a[starts-with(@id, 'thread_title_')]]",
    row_link="a[id^='thread_title_']",
    row_time="./descendant::td[.//span[@class='time']] | ./td[contains(@title, ':')]",
    boards="a[href*='forumdisplay.php'] > strong",
    thread_id=(r"[?&]t=(\d+)", r"/(\d+)-[^/]*\.html", r"-(\d+)\.html", r"threads/(\d+)"),
    page_number=r"[?&]page=(\d+)|-(\d+)\.html",
    zone="div.smallfont, .smallfont, .tfoot",
)
MYBB = Engine(
    name="mybb",
    marks="span.post_date, div.post_content div.post_body, a[href*='mybb.com']",
    posts="div.post[id^='post_'], table[id^='post_']",
    post_id=r"^post_(\d+)$",
    author=".author_information .largetext a, .author_information .largetext, .post_author strong a, .largetext",
    author_id=r"[?&]uid=(\d+)|user-(\d+)\.html",
    time=".post_date",
    body=".post_body, [id^='pid_']",
    quotes="blockquote.mycode_quote, blockquote, .quote_header, .quote_body",
    quoted_id=r"[?&]pid=(\d+)|#pid(\d+)",
    noise="script, style, .codeblock > .title",
    permalink=".post_head a[href*='#pid'], a[href*='#pid']",
    number=".post_head .float_right strong a, .post_head strong a",
    edited=".edited_post, .post_edit",
    deleted="./self::*[contains(@class, 'deleted')] | .//*[contains(@class, 'deleted_post')]",
    title="td.thead > div > strong, td.thead strong.thread_title, .thead strong",
    pagination=".pagination",
    rows="tr.inline_row",
    row_link="span[id^='tid_'] a, a[href*='showthread.php'], a[href*='thread-']",
    row_time=".lastpost",
    boards="td.trow1 strong a[href*='forum'], td.trow2 strong a[href*='forum'], a[href*='forumdisplay.php']",
    thread_id=(r"[?&]tid=(\d+)", r"thread-(\d+)"),
    page_number=r"[?&]page=(\d+)|-page-(\d+)",
)
SMF = Engine(
    name="smf",
    marks="div#forumposts, .post_wrapper, a[href*='simplemachines.org']",
    posts="./descendant::div[contains(@class, 'post_wrapper')]/ancestor::*[starts-with(@id, 'msg')][1]"
    " | ./descendant::div[contains(@class, 'post_wrapper')][not(ancestor::*[starts-with(@id, 'msg')])]",
    post_id=r"^msg_?(\d+)$|^subject_(\d+)$",
    author=".poster h4 a[href*='profile'], .poster h4, .poster a[href*='profile']",
    author_id=r"[;?&]u=(\d+)|profile/?\?u=(\d+)",
    time=".postinfo time, .postinfo a.smalltext, .keyinfo div.smalltext, .keyinfo .smalltext, .postinfo .smalltext",
    body="./descendant::div[contains(concat(' ', @class, ' '), ' inner ')][starts-with(@id, 'msg_')] | ./descendant::div[@class='post']",
    quotes="blockquote, .quoteheader, .quotefooter",
    quoted_id=r"[?;&]msg=(\d+)|#msg(\d+)|\.msg(\d+)",
    noise="script, style, .codeheader, .bbc_code_select",
    permalink=".postinfo a[href*='msg'], h5 a[href*='msg'], .keyinfo a[href*='msg'], a[href*='#msg']",
    number=".page_number",
    edited=".modified",
    likes=".like_count",
    deleted="./self::*[contains(@class, 'deleted')]",
    title="#top_subject, h2.display_title",
    pagination=".pagelinks",
    rows="#topic_container > div, #messageindex tbody tr, div.topic_table tbody tr",
    row_link="span[id^='msg_'] a, .message_index_title a, td.subject span a, td.subject a",
    row_time=".lastpost",
    boards="a.subject[href*='board'], a.subject[name^='b'], .board_link a, td.info a.subject",
    thread_id=(r"topic[=,/](\d+)", r"-t(\d+)"),
    page_number=r"topic[=,]\d+\.(\d+)",
)
INVISION = Engine(
    name="invision",
    marks="body.ipsApp, body#ips_body, body#ipboard_body, article.cPost, div.post_block",
    posts="article.cPost, article[id^='elComment_'], article.ipsComment, div.post_block[id^='post_id_']",
    post_id=r"^elComment_(\d+)$|^comment-(\d+)(?:_wrap)?$|^post_id_(\d+)$|^(\d+)$",
    author=".cAuthorPane_author a, .cAuthorPane_author, .ipsComment_author a, .author a [itemprop=name], .author a, .author, a[href*='/profile/']",
    author_id=r"/profile/(\d+)|/user/(\d+)|showuser=(\d+)",
    time=".ipsComment_meta time, .ipsType_reset time, time, abbr.published, .posted_info",
    body="[data-role=commentContent], .ipsComment_content .ipsType_richText, .entry-content, .ipsType_richText",
    quotes="blockquote.ipsQuote, blockquote.ipsBlockquote, p.citation",
    quoted_id=r"contentcommentid=(\d+)|data-cid=(\d+)|comment=(\d+)|findComment-(\d+)|findComment&comment=(\d+)",
    noise="script, style, .ipsQuote_citation, [data-excludequote], .edit",
    signature="[data-role=memberSignature], .signature",
    permalink="a[href*='findComment'], a[href*='comment='], a[rel=bookmark], a[href*='#entry']",
    number=".post_id a",
    edited="./descendant::*[@data-excludequote]//strong | ./descendant::p[contains(@class, 'edit')]",
    likes="[data-role=reactionCount], .ipsReact_reactCount, .ipsReact_reactions [data-count]",
    deleted="./self::*[contains(@class, 'ipsModerated') or contains(@class, 'moderated')]",
    title="h1.ipsType_pageTitle, .ipsPageHeader__title, h1.ipsType_pagetitle, h1",
    pagination=".ipsPagination, .pagination",
    rows="li.ipsDataItem[data-rowid], tr[data-tid], tr.__topic, .ipsData__item[data-rowid]",
    row_link=".ipsDataItem_title a[href*='topic'], a.topic_title, .ipsData__title a, a[href*='/topic/']",
    row_time=".ipsDataItem_lastPoster time, .ipsData__last-primary time, .ipsData__last time, td.col_f_post, time",
    boards=".cForumRow .ipsDataItem_title a, .cForumGrid__title a, td.col_c_forum h4 a, .ipsData__title a",
    thread_id=(r"/topic/(\d+)", r"showtopic=(\d+)"),
    page_number=r"/page/(\d+)|[?&]page=(\d+)|[?&]st=(\d+)|page__st__(\d+)",
)
ENGINES = (XENFORO2, XENFORO1, VBULLETIN5, VBULLETIN4, INVISION, MYBB, SMF, PHPBB3, PHPBB2, VBULLETIN3)
_OF = {engine.name: engine for engine in ENGINES}
_GENERATORS = (("phpbb 2", PHPBB2), ("phpbb", PHPBB3), ("vbulletin 3", VBULLETIN3), ("vbulletin 4", VBULLETIN4),
               ("vbulletin 5", VBULLETIN5), ("vbulletin 6", VBULLETIN5), ("mybb", MYBB), ("smf", SMF), ("invision", INVISION),
               ("ip.board", INVISION))  # fmt: skip


def engine_named(name: Any) -> Engine | None:
    """The engine of a stored item."""
    return _OF.get(name) if isinstance(name, str) else None


def detect(tree: Any) -> Engine | None:
    """The page's engine: by its generator, by its marks with posts or threads, by its marks alone; None for other pages."""
    said = " ".join(select_strings(tree, "./descendant::meta[translate(@name, 'G', 'g')='generator']/@content")).lower()
    for word, engine in _GENERATORS:
        if word in said:
            return engine
    marked = [engine for engine in ENGINES if select(tree, engine.marks)]
    for places in ("posts", "rows"):
        found = next((engine for engine in marked if select(tree, getattr(engine, places))), None)
        if found:
            return found
    return marked[0] if marked else None


def select(node: Any, rule: str) -> list[Any]:
    """The elements that a rule names, in the order of its alternatives, then of the document; each once."""
    found: dict[int, Any] = {}
    for part in _parts(rule):
        for element in part(node):
            if isinstance(element, etree._Element):
                found.setdefault(id(element), element)
    return list(found.values())


def first(node: Any, rule: str) -> Any:
    """The first element that a rule names, or None."""
    return next(iter(select(node, rule)), None) if rule else None


def select_strings(node: Any, rule: str) -> list[str]:
    """The strings of an XPath rule."""
    return [str(value) for part in _parts(rule) for value in part(node)]


@lru_cache(maxsize=512)
def _parts(rule: str) -> tuple[Any, ...]:
    """Compiled alternatives; a comma inside brackets or quotes does not part them."""
    parts = re.split(r",(?![^\[(]*[\])])\s*", rule) if rule else []
    return tuple(etree.XPath(part) if part.lstrip().startswith("./") else CSSSelector(part) for part in parts if part.strip())


def group(pattern: str, text: str) -> str | None:
    """The first group that took part in a match of the pattern, None without one."""
    found = re.search(pattern, text)
    return next((part for part in found.groups() if part), None) if found else None
