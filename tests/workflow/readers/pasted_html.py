"""What programs put on the clipboard, imitated by hand from the markup they write; each is named after its program."""

from __future__ import annotations

LIKE_WORD = """<html xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"
xmlns:w="urn:schemas-microsoft-com:office:word" xmlns="http://www.w3.org/TR/REC-html40">
<head><meta name=Generator content="Microsoft Word 15"><style><!--
@list l0:level1 {mso-level-number-format:bullet;} p.MsoNormal {margin:0cm;}
--></style></head><body lang=DA style='tab-interval:65.2pt'><!--StartFragment-->
<h1 style='mso-list:l1 level1 lfo2'><![if !supportLists]><span style='mso-list:Ignore'>1.<span
style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp;&nbsp; </span></span><![endif]>Formål<o:p></o:p></h1>
<p class=MsoNormal>Vi vil have <b>mindre
ventetid</b> og <i>tryghed</i>, 10 m<sup>2</sup> mere.<a style='mso-footnote-id:ftn1' href="#_ftn1" name="_ftnref1"
title=""><span class=MsoFootnoteReference><span style='mso-special-character:footnote'>[1]</span></span></a><o:p
></o:p></p>
<p class=MsoListParagraphCxSpFirst style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span
style='font-family:Symbol'><span style='mso-list:Ignore'>·<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp;
</span></span></span><![endif]>I byen<o:p></o:p></p>
<p class=MsoListParagraphCxSpLast style='margin-left:72.0pt;text-indent:-18.0pt;mso-list:l0 level2 lfo1'><![if
!supportLists]><span style='font-family:"Courier New"'><span style='mso-list:Ignore'>o<span>&nbsp;&nbsp;
</span></span></span><![endif]>På landet<o:p></o:p></p>
<p class=MsoNormal><o:p>&nbsp;</o:p></p>
<p class=MsoListParagraph style='mso-list:l2 level1 lfo3'><![if !supportLists]><span style='mso-list:Ignore'>3)<span>
&nbsp;</span></span><![endif]>Tredje led<o:p></o:p></p>
<h2>Økonomi<o:p></o:p></h2>
<table class=MsoTableGrid border=1><tr><td width=200><p class=MsoNormal><b>Part<o:p></o:p></b></p></td><td colspan=2>
<p class=MsoNormal><b>Andel</b></p></td></tr><tr><td rowspan=2><p class=MsoNormal>Region</p></td><td><p
class=MsoNormal>60 %</p></td><td><p class=MsoNormal>a|b</p></td></tr><tr><td><p class=MsoNormal>Aftales i</p><p
class=MsoNormal>udvalget</p></td><td></td></tr></table>
<p class=MsoNormal>Vi <del cite="mailto:Anna%20Due" datetime="2026-05-04T09:00">kan</del><ins cite="mailto:Anna%20Due"
datetime="2026-05-04T09:00">skal</ins> mødes.<span class=MsoCommentReference><a class=msocomanchor
href="#_msocom_1">[AD1]</a></span> <span style='display:none;mso-hide:all'>Skjult.</span> <a
href="https://nord.example/plan">Planen</a><!--[if gte vml 1]><v:shape><v:imagedata src="file:///C:/a.png"/></v:shape>
<![endif]--><![if !vml]><img width=10 src="file:///C:/Temp/image001.png" alt="Kort over regionen"><![endif]></p>
<div style='mso-element:footnote-list'><![if !supportFootnotes]><br clear=all><hr align=left size=1><![endif]>
<div style='mso-element:footnote' id=ftn1><p class=MsoFootnoteText><a style='mso-footnote-id:ftn1' href="#_ftnref1"
name="_ftn1" title=""><span class=MsoFootnoteReference>[1]</span></a> Se bilag 2.<o:p></o:p></p></div></div>
<div style='mso-element:comment-list'><div style='mso-element:comment'><p class=MsoCommentText>Hvorfor?</p></div></div>
<!--EndFragment--></body></html>"""

READ_LIKE_WORD = """# 1 Formål

Vi vil have **mindre ventetid** og *tryghed*, 10 m² mere.[^1]

- I byen
  - På landet

3) Tredje led

[^1]: Se bilag 2.

## Økonomi

| Part | Andel |  |
| --- | --- | --- |
| Region | 60 % | a\\|b |
|  | Aftales i<br>udvalget |  |

Vi skal mødes. [Planen](https://nord.example/plan)![Kort over regionen](picture)"""

LOST_LIKE_WORD = ["accepted_changes 2", "comments 1", "hidden 1", "pictures 1"]

LIKE_GOOGLE_DOCS = """<meta charset='utf-8'><b style="font-weight:normal;" id="docs-internal-guid-0b1c2d3e-7fff"><h2
dir="ltr" style="line-height:1.38;"><span style="font-size:16pt;font-weight:400;">2.1 Mål</span></h2><p dir="ltr"
style="line-height:1.38;"><span style="font-weight:700;font-style:normal;">Fed</span><span style="font-weight:400;"> og
</span><span style="font-style:italic;">skrå</span><span style="text-decoration:line-through;"> ud</span></p><ol
style="margin-top:0;"><li dir="ltr" style="list-style-type:decimal;" aria-level="1"><p dir="ltr"
role="presentation"><span>Først</span></p></li><ol><li dir="ltr" style="list-style-type:lower-alpha;" aria-level="2"><p
dir="ltr" role="presentation"><span>Under</span></p></li></ol><li dir="ltr" style="list-style-type:decimal;"
aria-level="1"><p dir="ltr" role="presentation"><span>Så</span></p></li></ol><br /><div dir="ltr" align="left"><table
style="border:none;"><colgroup><col width="312" /><col width="312" /></colgroup><tbody><tr><td><p dir="ltr"><span
style="font-weight:700;">År</span></p></td><td><p
dir="ltr"><span style="font-weight:700;">Tal</span></p></td></tr><tr><td
><p dir="ltr"><span>2027</span></p></td><td>
<ul><li dir="ltr"><p><span>ti</span></p></li></ul></td></tr></tbody></table></div>
</b><br class="Apple-interchange-newline">"""

READ_LIKE_GOOGLE_DOCS = """## 2.1 Mål

**Fed** og *skrå* ~~ud~~

1. Først

   a. Under

2. Så

| År | Tal |
| --- | --- |
| 2027 | - ti |"""

LIKE_LIBREOFFICE = """<!DOCTYPE html PUBLIC "-//W3C//DTD HTML 4.0 Transitional//EN"><html><head>
<meta http-equiv="content-type" content="text/html; charset=utf-8"/><title></title><meta name="generator"
content="LibreOffice 7.4.7.2 (Linux)"/><style type="text/css">p { line-height: 115% }</style></head><body lang="da-DK">
<h1 class="western"><a name="__RefHeading__1"></a>Bilag A: Ordliste</h1>
<p style="line-height: 100%"><font face="Liberation Serif"><b>SKU</b> er udvalget</font><sup><a
class="sdfootnoteanc" name="sdfootnote1anc" href="#sdfootnote1sym"><sup>1</sup></a></sup>.<br/>Ny linje
med *stjerne*.</p>
<ul><li><p>et</p><ul><li><p>et af et</p></li></ul></li><li><p>to</p><p>mere om to</p></li></ul>
<ol start="4"><li><p>fjerde</p></li><li><p>femte</p></li></ol>
<table width="100%"><thead><tr><th><p>Møde</p></th><th><p>Dato</p></th></tr></thead><tbody><tr><td><p>Råd</p><table><tr>
<td><p>i</p></td><td><p>råd</p></td></tr></table></td><td><p>1. maj</p></td></tr></tbody></table>
<div id="sdfootnote1"><p class="sdfootnote-western"><a class="sdfootnotesym" name="sdfootnote1sym"
href="#sdfootnote1anc">1</a>Sundhedskoordinationsudvalget</p></div></body></html>"""

READ_LIKE_LIBREOFFICE = """# Bilag A Ordliste

**SKU** er udvalget[^1].\\
Ny linje med \\*stjerne\\*.

- et
  - et af et
- to

  mere om to

4. fjerde
5. femte

| Møde | Dato |
| --- | --- |
| Råd<br>i; råd | 1. maj |

[^1]: Sundhedskoordinationsudvalget"""
