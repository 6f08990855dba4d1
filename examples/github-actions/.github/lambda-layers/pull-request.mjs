// node pull-request.mjs MARK FILE: keeps one pull request from branch $BRANCH to $BASE open, with the file as its text.

import { readFile } from "node:fs/promises";
import { bodyOf, github } from "./github.mjs";

const [mark = "upgrade", file = "upgrade.md"] = process.argv.slice(2);
const { BRANCH = "", BASE = "main", TITLE = "Upgrade Lambda layers", GITHUB_REPOSITORY_OWNER = "" } = process.env;

const body = bodyOf(mark, await readFile(file, "utf8"));
const head = encodeURIComponent(`${GITHUB_REPOSITORY_OWNER}:${BRANCH}`);
const [found] = await github("GET", `/pulls?state=open&head=${head}&base=${encodeURIComponent(BASE)}`);
if (found) await github("PATCH", `/pulls/${found.number}`, { title: TITLE, body });
else await github("POST", "/pulls", { title: TITLE, head: BRANCH, base: BASE, body });
console.log(found ? `Pull request ${found.number} updated.` : "Pull request opened.");
