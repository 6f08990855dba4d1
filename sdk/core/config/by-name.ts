import * as v from "valibot";

/**
 * valibot's `record`, which leaves out `constructor` and `prototype` silently: they are valid names of stacks and
 * layers. The input must be a mapping.
 */
export function byName<Name extends v.GenericSchema<string, string>, Value extends v.GenericSchema>(
  name: Name,
  value: Value,
): v.RecordSchema<Name, Value, undefined> {
  type Result = ReturnType<v.RecordSchema<Name, Value, undefined>["~run"]>;
  return {
    ...v.record(name, value),
    "~run"({ value: input }, config) {
      const issues: v.BaseIssue<unknown>[] = [];
      const run = (schema: v.GenericSchema, content: unknown, item: v.ObjectPathItem) => {
        const result = schema["~run"]({ value: content }, config);
        for (const issue of result.issues ?? []) issues.push({ ...issue, path: [item, ...(issue.path ?? [])] });
        return result.value;
      };
      const entries = Object.entries(input as Record<string, unknown>).map(([key, content]) => {
        const item = { type: "object", input: input as Record<string, unknown>, key, value: content } as const;
        run(name, key, { ...item, origin: "key" });
        return [key, run(value, content, { ...item, origin: "value" })];
      });
      const output = Object.fromEntries(entries);
      const [first, ...others] = issues;
      return (
        first ? { typed: false, value: output, issues: [first, ...others] } : { typed: true, value: output }
      ) as Result;
    },
  };
}
