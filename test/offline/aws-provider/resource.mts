import type { Aws } from "./aws.mts";
import type { Properties, Schema } from "./values.mts";

/** What the stand-in does for one type of resource. */
export interface Resource {
  schema: Schema;
  /** What errors call it, such as `Lambda Function`. */
  title: string;
  /** Outputs that change along with these properties, and that are listed beside them. */
  renewed?(changed: ReadonlySet<string>, inputs: Properties): string[];
  /** How long AWS may take, in nanoseconds, as the bridge records it. */
  timeouts?: Properties;
  /**
   * Creates the resource and returns its ID.
   *
   * @throws {CreatedError} if it exists but is not ready
   */
  create(inputs: Properties, aws: Aws): Promise<string>;
  /**
   * The live outputs, or undefined if there is no such resource.
   *
   * @param known recorded or planned outputs; they contain what AWS does not return
   */
  read(id: string, known: Properties, aws: Aws): Promise<Properties | undefined>;
  /** Makes the changes; `changed` names the properties whose inputs differ from the old outputs. */
  update(id: string, changed: ReadonlySet<string>, inputs: Properties, outputs: Properties, aws: Aws): Promise<void>;
  delete(id: string, outputs: Properties, aws: Aws): Promise<void>;
}

/** The resource was created, but something went wrong afterwards. */
export class CreatedError extends Error {
  readonly id: string;

  constructor(id: string, cause: unknown) {
    super((cause as Error).message, { cause });
    this.id = id;
  }
}

/** What `read` returns, or undefined if AWS says that there is no such resource. */
export async function unlessMissing<T>(read: Promise<T>): Promise<T | undefined> {
  try {
    return await read;
  } catch (error) {
    const { name } = error as Error;
    if (name === "ResourceNotFoundException" || name === "NoSuchEntityException") return undefined;
    throw error;
  }
}
