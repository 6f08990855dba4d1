import { createHash } from "node:crypto";
import { Html, html } from "./html";
import { signClasses, type Verdict } from "./verdict";

/** The parts of a page besides what it is about. */
export interface PageFrame {
  readonly title: string;
  readonly heading: string;
  /** A line below the heading. */
  readonly about: Html;
  readonly verdict: Verdict;
  readonly style: string;
  /** Default: the page runs nothing. */
  readonly script?: string;
}

/**
 * A page in one file that loads nothing. A content security policy allows only its own style and script, by hash, so
 * that even an escaping mistake could not make a name run as code.
 */
export function framed({ title, heading, about, verdict, style, script }: PageFrame, body: Html): string {
  const scripts = script === undefined ? "" : ` script-src ${hashOf(script)};`;
  const policy = `default-src 'none'; style-src ${hashOf(style)};${scripts} img-src data:; base-uri 'none'; form-action 'none'`;
  const { sign, text } = verdict;
  const noReferrer = script === undefined ? undefined : new Html('<meta name="referrer" content="no-referrer">\n');
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${noReferrer}<title>${title}</title>
<link rel="icon" href="data:,">
<style>${new Html(style)}</style>
</head>
<body>
<header>
<h1>${heading}</h1>
<p class="muted">${about}</p>
<p class="verdict ${signClasses[sign]}"><b>${sign}</b> ${text}.</p>
</header>
${body}${
  script === undefined
    ? undefined
    : html`<script>${new Html(script)}</script>
`
}</body>
</html>
`.text;
}

/** A time, to the minute. */
export function minuteOf(time: Date): Html {
  const text = time.toISOString();
  return html`<time datetime="${text}">${text.slice(0, 16).replace("T", " ")} UTC</time>`;
}

function hashOf(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}
