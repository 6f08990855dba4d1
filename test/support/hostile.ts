// Names and texts from someone who wants a terminal or a CI system to do more than show them.

import assert from "node:assert/strict";

/** Each starts with an `x`, so that whatever it forges differs from what a line may begin with anyway. */
export const hostileTexts: Readonly<Record<string, string>> = {
  "a line end": "x\nFORGED",
  "Windows's line end": "x\r\nFORGED",
  "a carriage return": "x\rFORGED",
  "a workflow command of its own line": "x\n::error::FORGED",
  "a workflow command behind spaces": "x\n  ::set-output name=x::FORGED",
  "a workflow command": "::warning::FORGED",
  "a command of Azure's": "x ##vso[task.setvariable variable=x]FORGED",
  "a formatting command": "##[error]FORGED",
  "a terminal's title": "x\u001b]0;FORGED\u0007",
  "a cleared screen": "x\u001b[2J\u001b[HFORGED",
  "an eight-bit sequence": "x\u009b31m",
  "a backspace": "x\b\bFORGED",
  "NUL, DEL and a tab": "x\0\u007f\ty",
  "Unicode's line end": "x\u2028FORGED",
  "Unicode's paragraph end": "x\u2029FORGED",
  "text that runs backwards": "x\u202egnp.exe\u202c",
  isolates: "x\u2066y\u2069",
  marks: "x\u200e\u200f\u061cy",
};

/** All of them in one. */
export const everythingHostile: string = Object.values(hostileTexts).join("");

/**
 * Fails if a text that was made with hostile ones is more than text to a terminal, a CI system, or a reader of lines.
 */
export function assertHarmless(output: string, where = ""): void {
  for (const line of output.split("\n")) {
    const told = `${where}: ${JSON.stringify(line)}`;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for
    assert.doesNotMatch(line, /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/, told);
    assert.doesNotMatch(line, /^\s*(?:FORGED|::)/, told);
    assert.doesNotMatch(line, /##(?:vso)?\[/i, told);
  }
}
