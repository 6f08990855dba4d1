import type {
  GetResourcesInput,
  GetResourcesOutput,
  ResourceTagMapping,
  TagFilter,
} from "@aws-sdk/client-resource-groups-tagging-api";
import { functionArn } from "../arns";
import type { Context } from "../context";
import { page } from "../pages";

const LARGEST_PAGE = 100;

export const taggingOperations = {
  /** Tagged functions of the caller's account in the region; untagged ones are never listed. */
  GetResources(input: GetResourcesInput, at: Context): GetResourcesOutput {
    const wanted = { marker: input.PaginationToken, size: input.ResourcesPerPage };
    const { items, next } = page(taggedFunctions(input, at), ({ order }) => order, wanted, LARGEST_PAGE);
    return { ResourceTagMappingList: items.map(({ mapping }) => mapping), PaginationToken: next ?? "" };
  },
};

function* taggedFunctions(
  input: GetResourcesInput,
  at: Context,
): Generator<{ order: number; mapping: ResourceTagMapping }> {
  const types = input.ResourceTypeFilters ?? [];
  if (types.length > 0 && !types.includes("lambda") && !types.includes("lambda:function")) return;
  for (const [name, { tags, order }] of at.shelf.functions) {
    const arn = functionArn(at.account, at.region, name);
    if (Object.keys(tags).length === 0) continue;
    if (input.ResourceARNList && !input.ResourceARNList.includes(arn)) continue;
    if (!(input.TagFilters ?? []).every((filter) => matches(filter, tags))) continue;
    const mapping = { ResourceARN: arn, Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) };
    yield { order, mapping };
  }
}

/** All filters must match; of one filter's values any will do, and no value at all means any. */
function matches({ Key, Values = [] }: TagFilter, tags: Readonly<Record<string, string>>): boolean {
  const value = Key === undefined ? undefined : tags[Key];
  return value !== undefined && (Values.length === 0 || Values.includes(value));
}
