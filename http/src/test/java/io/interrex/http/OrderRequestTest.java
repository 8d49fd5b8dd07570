package io.interrex.http;

import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OrderRequestTest {

    @ParameterizedTest(name = "{0} is refused before the order is given: the log could not keep it")
    @ValueSource(
            strings = {
                "{\"reason\":\"\\ud800\"}",
                "{\"reason\":\"disk\",\"actor\":\"\\udc00\\ud800\"}",
                "{\"reason\":\"a\\nb\"}"
            })
    @DisplayName("halves of characters and control characters")
    void noText(String body) {
        var json = new Json(HttpLimits.defaults());
        assertThrows(
                OrderRequest.Wrong.class,
                () -> OrderRequest.read("pause", "main", body, "127.0.0.1", () -> new UUID(1, 2), json));
    }
}
