import assert from "node:assert/strict";
import fc from "fast-check";
import { Html, html } from "../../../sdk/cli/report/html";
import { shown } from "../../../sdk/core/text";
import { counts } from "../../support/counts";

describe("the HTML template", () => {
  it("escapes strings, and takes HTML and lists of it unchanged", () => {
    assert.equal(html`<b title="${`"'`}">${"<i>&"}</b>`.text, '<b title="&quot;&#39;">&lt;i&gt;&amp;</b>');
    assert.equal(html`${html`<i>${1}</i>`}${[html`<b>`, new Html("</b>")]}${undefined}`.text, "<i>1</i><b></b>");
  });

  it("keeps any text a text", () => {
    const entities: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };
    const property = fc.property(fc.string({ unit: "binary" }), (text) => {
      const escaped = html`${text}`.text;
      assert.doesNotMatch(escaped, /[<>"']/);
      assert.equal(
        escaped.replace(/&(.+?);/g, (_all, name: string) => entities[name] ?? assert.fail(name)),
        shown(text),
      );
    });
    fc.assert(property, counts({ sample: 200, full: 20_000 }));
  });
});
