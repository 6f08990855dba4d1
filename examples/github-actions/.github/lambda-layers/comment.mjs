// node comment.mjs MARK FILE: posts the file as a comment on pull request $NUMBER; a later run with the same mark
// updates it.

import { readFile } from "node:fs/promises";
import { bodyOf, github, isMarked, listed } from "./github.mjs";

const [mark = "plan", file = "plan.md"] = process.argv.slice(2);
const { NUMBER } = process.env;
if (!/^\d+$/.test(NUMBER ?? "")) throw new Error("NUMBER has to be the number of a pull request.");

const body = bodyOf(mark, await readFile(file, "utf8"));
let found;
for await (const comment of listed(`/issues/${NUMBER}/comments`)) if (isMarked(comment, mark)) found ??= comment;
if (found) await github("PATCH", `/issues/comments/${found.id}`, { body });
else await github("POST", `/issues/${NUMBER}/comments`, { body });
console.log(found ? `Comment ${found.id} updated.` : "Comment made.");
