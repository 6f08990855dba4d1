// What the other scripts here need from GitHub's API. Node.js only, no packages.

const { GITHUB_API_URL = "https://api.github.com", GITHUB_REPOSITORY = "", GITHUB_TOKEN = "" } = process.env;

/** The URL of this run, to link to whatever does not fit. */
export const runUrl = `${process.env.GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}/actions/runs/${process.env.GITHUB_RUN_ID}`;

/** Sends a request about this repository and returns the response. */
export async function github(method, path, body) {
  const response = await fetch(`${GITHUB_API_URL}/repos/${GITHUB_REPOSITORY}${path}`, {
    method,
    headers: {
      accept: "application/vnd.github+json",
      authorization: `Bearer ${GITHUB_TOKEN}`,
      "x-github-api-version": "2022-11-28",
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response.json();
}

/** All items of a paginated list. */
export async function* listed(path) {
  for (let page = 1; ; page++) {
    const items = await github("GET", `${path}${path.includes("?") ? "&" : "?"}per_page=100&page=${page}`);
    yield* items;
    if (items.length < 100) return;
  }
}

// https://docs.github.com/en/rest/issues/comments: a body has 65,536 characters at most.
const mostCharacters = 65_536;

/**
 * Puts a mark into a body, by which it can be found again, and cuts it at the end of a line if it is too long.
 * @param mark a unique name, invisible to readers
 */
export function bodyOf(mark, text) {
  const whole = `${markOf(mark)}\n${text}`;
  if (whole.length <= mostCharacters) return whole;
  const rest = `\n\nThis was too long for GitHub. [The run has all of it](${runUrl}).\n`;
  const cut = whole.slice(0, mostCharacters - rest.length);
  const end = cut.lastIndexOf("\n") + 1;
  // A single line that fills the body is cut in the middle, so that the mark is kept.
  return cut.slice(0, end > markOf(mark).length + 1 ? end : cut.length) + rest;
}

/** Whether one of these scripts wrote a body with this mark, rather than someone who quotes it. */
export function isMarked(item, mark) {
  return item.user?.type === "Bot" && (item.body ?? "").startsWith(`${markOf(mark)}\n`);
}

function markOf(mark) {
  return `<!-- lambda-layers: ${mark} -->`;
}
