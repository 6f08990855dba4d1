// node issue.mjs MARK FILE: keeps one issue open with the file's text while $STATUS is not 0, then closes it.

import { readFile } from "node:fs/promises";
import { bodyOf, github, isMarked, listed, runUrl } from "./github.mjs";

const [mark = "drift", file = "drift.md"] = process.argv.slice(2);
const { STATUS = "", TITLE = "Lambda layers are not as declared" } = process.env;

let found;
for await (const issue of listed("/issues?state=open"))
  if (!issue.pull_request && isMarked(issue, mark)) found ??= issue;
if (STATUS === "0") {
  if (found) {
    await github("POST", `/issues/${found.number}/comments`, { body: `All is as declared again: ${runUrl}` });
    await github("PATCH", `/issues/${found.number}`, { state: "closed" });
  }
  console.log(found ? `Issue ${found.number} closed.` : "There is no issue to close.");
} else {
  // Without a report, point to the run and never claim that all is well.
  const text = await readFile(file, "utf8").catch(() => "Where the layers stand could not be read.");
  const body = bodyOf(mark, `${text}\n\nFound by [this run](${runUrl}).\n`);
  if (found) await github("PATCH", `/issues/${found.number}`, { body });
  else await github("POST", "/issues", { title: TITLE, body });
  console.log(found ? `Issue ${found.number} updated.` : "Issue opened.");
}
