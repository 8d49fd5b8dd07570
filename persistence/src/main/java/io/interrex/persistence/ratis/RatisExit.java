package io.interrex.persistence.ratis;

import org.apache.ratis.util.ExitUtils;

/**
 * Takes from Ratis the right to end this process. By default it calls {@code System.exit} when its port is in use, and, by a
 * handler that it installs for the whole process, when any thread of anybody ends with an exception. Here it throws instead,
 * and the handler of before stays.
 */
final class RatisExit {

    private RatisExit() {}

    static synchronized void forbid() {
        var handler = Thread.getDefaultUncaughtExceptionHandler();
        ExitUtils.disableSystemExit();
        ExitUtils.setTerminateOnUncaughtException(false);
        Thread.setDefaultUncaughtExceptionHandler(handler);
    }
}
