// What can come back from a call to AWS besides the truth.

import type { Fault } from "../emulator";

type Answer = NonNullable<Fault["answer"]>;

const html = "<html><body>Sign in to the network</body></html>";

/** Answers that Lambda does not give, but proxies, gateways and broken connections do. */
export const foreign: Readonly<Record<string, Answer>> = {
  "200 without a body": { status: 200 },
  "200 {}": { status: 200, body: "{}" },
  "200 null": { status: 200, body: "null" },
  "200 []": { status: 200, body: "[]" },
  "200 with a text": { status: 200, body: '"ok"' },
  "200 with a number": { status: 200, body: "5" },
  "200 with a page": { status: 200, body: html },
  "200 cut off": { status: 200, body: '{"FunctionName":"fn-0' },
  "200 of something else": { status: 200, body: '{"FunctionName":"other"}' },
  "204": { status: 204 },
  "301": { status: 301, headers: { location: "http://127.0.0.1:1/" } },
  "400 without a body": { status: 400 },
  "400 {}": { status: 400, body: "{}" },
  "400 with a number for a code": { status: 400, body: '{"code":400,"message":"blocked"}' },
  "403 with a page": { status: 403, body: html },
  "403 with a message": { status: 403, body: '{"message":"Forbidden"}' },
  "403 with a code of a gateway": { status: 403, body: '{"code":"E_BLOCKED","message":"blocked"}' },
  "403 with a word for a code": { status: 403, body: '{"code":"Forbidden","message":"blocked"}' },
  "404 with a page": { status: 404, body: html },
  "408 with a page": { status: 408, body: html },
  "409 with a page": { status: 409, body: html },
  "412 without a body": { status: 412 },
  "413": { status: 413, body: "Request Entity Too Large" },
  "429 with a page": { status: 429, body: html },
  "499": { status: 499, body: "client closed request" },
  "502 with a page": { status: 502, body: html },
};

/** Whom a false answer is about. */
export interface Told {
  readonly name: string;
  readonly arn: string;
}

/** One answer, and what had really happened. */
export interface Lie {
  readonly title: string;
  /** Takes until a deadline. */
  readonly isSlow?: boolean;
  /** The caller waits until it ends, so it cannot stay for good. */
  readonly isWaitedFor?: boolean;
  readonly fault: (told: Told) => Fault;
}

const bodyOf = (configuration: object) => JSON.stringify({ ...configuration, Configuration: configuration });

const wholeOf = (FunctionName: string, FunctionArn: string) =>
  bodyOf({ FunctionName, FunctionArn, RevisionId: "other", LastUpdateStatus: "Successful", Layers: [] });

/** Every answer from something other than AWS, whether or not AWS had done what was requested. */
export const lies: readonly Lie[] = [true, false].flatMap((applied): Lie[] => {
  const told = (title: string, fault: (told: Told) => Fault, isSlow = false): Lie => ({
    title: `${title}, ${applied ? "" : "not "}carried out`,
    isSlow,
    fault: (about) => ({ ...fault(about), applied }),
  });
  return [
    ...Object.entries(foreign).map(([title, answer]) => told(title, () => ({ answer }))),
    told("200 of half the function", ({ name, arn }) => ({
      answer: { status: 200, body: bodyOf({ FunctionName: name, FunctionArn: arn }) },
    })),
    told("200 of another function", ({ arn }) => ({
      answer: { status: 200, body: wholeOf("other", arn.replace(/[^:]+$/, "other")) },
    })),
    told("200 of a function of that name in another region", ({ name, arn }) => ({
      answer: { status: 200, body: wholeOf(name, arn.replace("us-east-1", "eu-west-1")) },
    })),
    told("a dropped connection", () => ({ drop: true })),
    told("500 of AWS's own", () => ({ status: 500 })),
    told("503 of AWS's own", () => ({ status: 503 })),
    told("200 that drips", () => ({ answer: { status: 200, body: "x".repeat(2000), dripMs: 50 } }), true),
    told("no answer for long", () => ({ delayMs: 20_000 }), true),
  ];
});

/** Answers that contradict an update, whether or not AWS had carried it out. */
export const contradictions: readonly Lie[] = [true, false].map((applied) => ({
  title: `200 for the function with other layers, ${applied ? "" : "not "}carried out`,
  fault: ({ name, arn }) => ({ answer: { status: 200, body: wholeOf(name, arn) }, applied }),
}));

/** What AWS itself says if it does not do what is requested. */
export const refusals: readonly Lie[] = [
  { title: "400 from AWS itself", fault: () => ({ status: 400 }) },
  { title: "403 from AWS itself", fault: () => ({ status: 403 }) },
  { title: "409 from AWS itself", isWaitedFor: true, fault: () => ({ status: 409 }) },
  { title: "412 from AWS itself", isWaitedFor: true, fault: () => ({ status: 412 }) },
  { title: "429 from AWS itself", isWaitedFor: true, fault: () => ({ status: 429, retryAfter: 1 }) },
  { title: "an update that fails later", fault: () => ({ updateFails: { reason: "The subnet is gone." } }) },
];

/** What AWS answers for every function alike. */
export const endings: readonly Lie[] = [
  { title: "expired credentials", fault: () => ({ status: 403, code: "ExpiredTokenException" }) },
  { title: "unknown credentials", fault: () => ({ status: 403, code: "UnrecognizedClientException" }) },
  { title: "a missing permission", fault: () => ({ status: 403, code: "AccessDeniedException" }) },
];

export const onNoPage: Lie = { title: "a function on no page", fault: () => ({ page: "lacking" }) };

/** Wrong pages of a list. */
export const pages: readonly Lie[] = [
  { title: "endless pages", fault: () => ({ page: "endless" }) },
  { title: "a function on two pages", fault: () => ({ page: "twice" }) },
  onNoPage,
];
