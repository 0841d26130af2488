/**
 * Texts that try to be more than text.
 *
 * @module
 */

/**
 * Markup, scripts, addresses, Markdown and terminal sequences that a model or a command might
 * write.
 */
export const HOSTILE_TEXTS: readonly string[] = [
  "<script>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  "</pre></details></code></div><script>alert(1)</script>",
  '"><svg onload=alert(1)>',
  "' onmouseover='alert(1)",
  '" style="position:fixed;inset:0" x="',
  "` onfocus=alert(1) autofocus `",
  "<style>*{display:none}</style>",
  "<math><mtext></mtext><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
  "<iframe srcdoc='<script>alert(1)</script>'>",
  '<a href="javascript:alert(1)">x</a>',
  "<form action=javascript:alert(1)><input type=submit>",
  "<base href=//attacker.test><meta http-equiv=refresh content=0;url=//attacker.test>",
  "<!--<script>-->alert(1)<!--</script>-->",
  "<![CDATA[<script>alert(1)</script>]]>",
  "<?php <script>alert(1)</script> ?>",
  "&lt;script&gt;alert(1)&lt;/script&gt; &#60;script&#62;",
  "[click](javascript:alert(1))",
  "[click](JaVaScRiPt:alert(1))",
  "[click](java&#115;cript:alert(1)) [b](javascript&colon;alert(1)) [c](javascript\\:alert(1))",
  "[click](<\tjavascript:alert(1)>) [b](<java\nscript:alert(1)>) [c](\u0001javascript:alert(1))",
  "[click](data:text/html,<script>alert(1)</script>) [b](data:text/html;base64,PHNjcmlwdD4=)",
  "[click](vbscript:x 'title\" onclick=\"alert(1)') [b](file:///etc/passwd) [c](blob:x)",
  "[a]: javascript:alert(1)\n[a] [b][a] ![c][a]",
  "[a]: <javascript:alert(1)> 'x'\n\n[a]",
  "<javascript:alert(1)> <data:text/html,x> <ftp://x.test>",
  "![x](http://attacker.test/leak.png) ![x](data:image/svg+xml,<svg onload=alert(1)>)",
  "[![x](javascript:alert(1))](javascript:alert(1))",
  '[x](http://ok.test/"onmouseover="alert(1) "title\\"onclick=alert(1)")',
  'http://ok.test/"onmouseover=alert(1)',
  "```html\n<script>alert(1)</script>\n```",
  '```"><script>alert(1)</script>\nx\n```',
  '~~~js" onclick="alert(1)\nx\n~~~',
  "`<b onclick=alert(1)>` ``</code><script>alert(1)</script>``",
  "    </code></pre><script>alert(1)</script>",
  "| a |\n|---|\n| <script>alert(1)</script> |\n| [x](javascript:alert(1)) |",
  '|a|\n|:-:" onclick=alert(1)|\n|b|',
  "- [ ] <input onfocus=alert(1)>\n1. <script>alert(1)</script>",
  "# <script>alert(1)</script>\n> <script>alert(1)</script>",
  "$\\href{javascript:alert(1)}{x}$ $$\\unicode{<img src=x onerror=alert(1)>}$$ \\(x\\)",
  "{{constructor.constructor('alert(1)')()}} ${alert(1)} <%= alert(1) %>",
  "\x1b]8;;javascript:alert(1)\x07link\x1b]8;;\x07 \x1b]0;title",
  "\x1b[31mred\x1b[0m\x1b[2J\x1bc\x9b31m\x90q\u202Egnp.exe\u2066\u200f",
  "a\rb\r\nc\x00\x08\x7f\x0b\x0c",
  "\ud800 lone \udc00",
  "__proto__",
  "constructor",
];
