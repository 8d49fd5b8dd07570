package io.interrex.cli;

import java.net.URI;

/**
 * Where a node's API listens.
 *
 * @param name of the node, or the address where no configuration names it
 */
record Endpoint(String name, URI base) {

    URI at(String path) {
        return URI.create(base.toString().replaceAll("/+$", "") + path);
    }

    @Override
    public String toString() {
        return name.equals(base.toString()) ? name : name + " (" + base + ")";
    }
}
