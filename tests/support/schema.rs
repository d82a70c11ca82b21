//! Holds JSON to its schema.

use serde_json::Value;

/// Notes where a value has other keys than its schema, or is of another type.
pub(crate) fn compare(root: &Value, schema: &Value, value: &Value, place: &str, wrong: &mut Vec<String>) {
    if let Some(name) = schema["$ref"].as_str() {
        let definition = root.pointer(name.trim_start_matches('#')).unwrap();
        return compare(root, definition, value, place, wrong);
    }
    if let Some(choices) = schema["anyOf"].as_array().or_else(|| schema["oneOf"].as_array()) {
        let fits = choices.iter().any(|choice| {
            let mut wrong = Vec::new();
            compare(root, choice, value, place, &mut wrong);
            wrong.is_empty()
        });
        if !fits {
            wrong.push(format!("{place}: {value} fits no choice"));
        }
        return;
    }
    let is_of = |kind: &str| match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_u64() || value.is_i64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        _ => value.is_null(),
    };
    let kinds: Vec<&str> = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        kind => kind.as_str().into_iter().collect(),
    };
    if !kinds.is_empty() && !kinds.iter().any(|kind| is_of(kind)) {
        wrong.push(format!("{place}: {value} is no {kinds:?}"));
    }
    if schema["const"].is_string() && schema["const"] != *value
        || schema["enum"].as_array().is_some_and(|words| !words.contains(value))
    {
        wrong.push(format!("{place}: {value} is not one of the words"));
    }
    if let (Some(properties), Some(entries)) = (schema["properties"].as_object(), value.as_object()) {
        for key in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            if !entries.contains_key(key) {
                wrong.push(format!("{place}: no {key}"));
            }
        }
        for (key, value) in entries {
            match properties.get(key) {
                Some(schema) => compare(root, schema, value, &format!("{place}.{key}"), wrong),
                None => wrong.push(format!("{place}: {key} is not in the schema")),
            }
        }
    }
    for item in value.as_array().into_iter().flatten() {
        compare(root, &schema["items"], item, &format!("{place}[]"), wrong);
    }
}
