import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** Something that GitHub stores: a comment, an issue or a pull request. */
export interface Kept {
  id: number;
  number: number;
  kind: "comment" | "issue" | "pull";
  /** For a comment: the issue or pull request it belongs to. */
  on?: number;
  state: "open" | "closed";
  title?: string;
  body: string;
  head?: string;
  user: { type: string };
}

/** The part of GitHub's API that the kit's scripts use, with what it stores. */
export interface GitHubApi {
  url: string;
  kept: Kept[];
  /** Requests that were made, such as `POST /issues`. */
  requests: string[];
  close(): Promise<void>;
}

// https://docs.github.com/en/rest/issues/comments
const mostCharacters = 65_536;

/** Starts a server that behaves like GitHub for one repository, `team/infra`. */
export async function startGitHubApi(kept: Kept[] = []): Promise<GitHubApi> {
  const requests: string[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = chunks.length > 0 ? JSON.parse(Buffer.concat(chunks).toString()) : {};
    const { pathname, searchParams } = new URL(request.url ?? "", "http://localhost");
    const path = pathname.replace("/repos/team/infra", "");
    requests.push(`${request.method} ${path}`);
    const answer = (status: number, document: unknown) => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(document));
    };
    const add = (one: Partial<Kept>) => {
      const id = kept.length + 1;
      const made: Kept = { id, number: id, kind: "issue", state: "open", body: "", user: { type: "Bot" }, ...one };
      kept.push(made);
      answer(201, made);
    };
    if (request.headers.authorization !== "Bearer token") return answer(401, { message: "Bad credentials" });
    if ((body.body ?? "").length > mostCharacters) return answer(422, { message: "Body is too long" });
    const [, , issue] = /^\/(issues)\/(\d+)\/comments$/.exec(path) ?? [];
    const [, one] = /^\/(?:issues\/comments|issues|pulls)\/(\d+)$/.exec(path) ?? [];
    const page = (all: readonly unknown[]) => {
      const [size, number] = [Number(searchParams.get("per_page") ?? 30), Number(searchParams.get("page") ?? 1)];
      answer(200, all.slice((number - 1) * size, number * size));
    };
    if (request.method === "PATCH" && one) {
      const found = kept.find(({ id }) => id === Number(one));
      if (!found) return answer(404, { message: "Not Found" });
      return answer(200, Object.assign(found, body));
    }
    if (request.method === "GET" && issue) return page(kept.filter(({ on }) => on === Number(issue)));
    if (request.method === "POST" && issue) return add({ kind: "comment", on: Number(issue), ...body });
    if (request.method === "GET" && path === "/issues")
      return page(kept.filter(({ kind, state }) => kind !== "comment" && state === searchParams.get("state")));
    if (request.method === "POST" && path === "/issues") return add({ kind: "issue", ...body });
    if (request.method === "GET" && path === "/pulls")
      return page(
        kept.filter(
          ({ kind, state, head }) => kind === "pull" && state === "open" && `team:${head}` === searchParams.get("head"),
        ),
      );
    if (request.method === "POST" && path === "/pulls") return add({ kind: "pull", ...body });
    return answer(404, { message: "Not Found" });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    kept,
    requests,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
