// The AWS emulator `moto` (Python), written by others: ours is compared with it.

import { awsEnvironment } from "../emulator";
import { start } from "./processes";
import { findPython, type Python, virtualEnvironment } from "./venv";

/** Pinned, so that the comparison changes only on purpose. */
const REQUIREMENT = "moto[server,awslambda]==5.2.5";

/** moto's package metadata requires Python 3.10. */
const LEAST_MINOR = 10;

export interface Moto {
  url: string;
  /** All AWS_* variables that point an SDK at it. Its account is 123456789012. */
  env: Record<string, string>;
  stop(): Promise<void>;
}

/** The Python to run moto with; undefined if none that is new enough is installed. */
export const findMotoPython = () => findPython(LEAST_MINOR);

/** Describes a suite that runs on moto, or prints that it does not run if there is no Python for it. */
export function describeOnMoto(title: string, suite: (python: Python) => void): void {
  const python = findMotoPython();
  if (python) describe(title, () => suite(python));
  else console.warn(`Not run: ${title}, which needs Python 3.10 or newer on PATH.`);
}

/** Installs moto the first time, and starts its server on a free port. It forgets everything when it stops. */
export async function startMoto(python: Python): Promise<Moto> {
  const interpreter = await virtualEnvironment(python, [REQUIREMENT]);
  const server = start(interpreter, ["-m", "moto.server", "--port", "0"], { env: process.env });
  const kill = () => server.kill("SIGKILL");
  process.once("exit", kill);
  const [, url = ""] = await server.printed(/Running on (http:\/\/[\d.]+:\d+)/);
  const stop = async () => {
    process.removeListener("exit", kill);
    server.kill();
    await server.ended;
  };
  return { url, env: awsEnvironment(url, "us-east-1"), stop };
}

/** A bucket served by moto, as a backend for Pulumi. */
export async function startS3(python: Python): Promise<{ env: Record<string, string>; stop(): Promise<void> }> {
  const { url, stop } = await startMoto(python);
  const made = await fetch(`${url}/states`, { method: "PUT" });
  if (!made.ok) throw new Error(`moto did not create the bucket: ${made.status}`);
  const options = "disableSSL=true&s3ForcePathStyle=true&region=us-east-1";
  return { env: { PULUMI_BACKEND_URL: `s3://states?endpoint=${new URL(url).host}&${options}` }, stop };
}
