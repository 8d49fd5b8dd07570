package io.interrex.config;

/**
 * One value that holds, and where it comes from.
 *
 * @param key full key
 * @param value as an operator would write it
 * @param origin {@code default}, {@code profile fast}, or file and line
 */
public record Effective(String key, String value, String origin) {}
