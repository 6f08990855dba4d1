import { type Emulator, type EmulatorOptions, startEmulator } from ".";
import { Aws } from "./conformance/aws";

/** What {@link useEmulator} provides to the tests of a suite. */
export interface EmulatorTest {
  readonly emulator: Emulator;
  /** Clients of the emulator, with its default credentials. */
  readonly aws: Aws;
}

/** Starts an emulator with clients for each test of the calling suite. */
export function useEmulator(options: EmulatorOptions, seed: Parameters<Emulator["seed"]>[0]): EmulatorTest {
  let emulator: Emulator;
  let aws: Aws;

  beforeEach(async () => {
    emulator = await startEmulator(options);
    emulator.seed(seed);
    aws = new Aws("ours", emulator.url);
  });
  afterEach(async () => {
    aws.destroy();
    await emulator.close();
  });

  return {
    get emulator() {
      return emulator;
    },
    get aws() {
      return aws;
    },
  };
}
