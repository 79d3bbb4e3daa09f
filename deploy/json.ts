declare const content: unique symbol;

/** The text of a value as JSON. */
export type Json<Value> = string & { readonly [content]: Value };

export function toJson<Value>(value: Value): Json<Value> {
  return JSON.stringify(value) as Json<Value>;
}

export function fromJson<Value>(text: Json<Value>): Value {
  return JSON.parse(text) as Value;
}
