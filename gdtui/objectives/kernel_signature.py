"""The signature that the kernel of every objective has."""

#: (theta[d], data[n, f], rows, lo, hi, shape, work, grad[d]) -> the mean loss over data[rows[lo:hi]].
#: Its gradient is written to grad, unless grad is empty.
OBJECTIVE = "f8(f8[::1], f8[:, ::1], i8[::1], i8, i8, i8[::1], f8[::1], f8[::1])"

#: The same of m vectors of parameters side by side: theta[d, m], …, work, loss[m], grad[d, m]. The losses are written
#: to loss; `work` has the kernel's `work_size` for m members.
OBJECTIVE_OVER_MEMBERS = "void(f8[:, ::1], f8[:, ::1], i8[::1], i8, i8, i8[::1], f8[::1], f8[::1], f8[:, ::1])"
