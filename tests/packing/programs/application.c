/* An application as Briefcase, PyOxidizer and others make them: a program in C that embeds Python and runs one file. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdio.h>

int main(int argc, char **argv) {
    PyConfig config;
    PyConfig_InitIsolatedConfig(&config);
    config.parse_argv = 0; /* options are the application's, and none is Python's */
    PyConfig_SetBytesString(&config, &config.home, PYTHON_HOME);
    PyStatus status = PyConfig_SetBytesArgv(&config, argc, argv);
    if (!PyStatus_Exception(status)) status = Py_InitializeFromConfig(&config);
    PyConfig_Clear(&config);
    if (PyStatus_Exception(status)) Py_ExitStatusException(status);
    FILE *file = fopen(PROGRAM, "r");
    return file ? PyRun_SimpleFileExFlags(file, PROGRAM, 1, NULL) == 0 ? Py_FinalizeEx() : 1 : 2;
}
