import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type AwsStackOptions, createAwsStack } from "./aws-stack";
import { checkout, type Project } from "./engine";

/** The folder of one of the programs in test/data/cases/programs. */
export function caseFolder(name: string): string {
  return join(checkout, "test/data/cases/programs", name);
}

/** A stack of one of the programs in test/data/cases/programs. */
export function createCaseStack(name: string, options: AwsStackOptions): Promise<Project> {
  const folder = caseFolder(name);
  const files = readdirSync(folder).map((file) => [file, readFileSync(join(folder, file), "utf8")]);
  return createAwsStack({ ...options, files: { ...Object.fromEntries(files), ...options.files } });
}
