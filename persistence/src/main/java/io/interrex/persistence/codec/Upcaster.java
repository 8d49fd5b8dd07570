package io.interrex.persistence.codec;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.function.UnaryOperator;

/**
 * Reads a payload of an older schema as the next one. Stored events are never rewritten: they pass through every upcaster
 * between their schema and the current one, each time that they are read.
 *
 * @param name of the event type
 * @param fromSchema the schema that {@code change} accepts; it returns schema {@code fromSchema + 1}
 */
public record Upcaster(String name, int fromSchema, UnaryOperator<ObjectNode> change) {}
