import numpy as np

# --- your settings ---
d_model = 128
length = 100
position = 0
offset = 1
# --- the computation ---
frequencies = 10000 ** (-np.arange(0, d_model, 2) / d_model)  # radians a position, one a sine-cosine pair
angles = np.arange(length)[:, None] * frequencies
encoding = np.empty((length, d_model))
encoding[:, 0::2] = np.sin(angles)
encoding[:, 1::2] = np.cos(angles)[:, : d_model // 2]  # an odd d_model has no cosine for its last sine
wavelengths = 2 * np.pi / frequencies

# The dot product of two positions depends on their distance alone (for an even d_model).
products = encoding @ encoding[position]

# PE(pos + offset) = M PE(pos): a rotation of each sine-cosine pair.
if d_model % 2 == 0:
    M = np.zeros((d_model, d_model))
    for i, angle in enumerate(offset * frequencies):
        M[2 * i : 2 * i + 2, 2 * i : 2 * i + 2] = [[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]
    residual = np.abs(encoding[offset:] - encoding[: length - offset] @ M.T).max()
    print(f"residual of M: {residual:.1e}")
print(f"wavelengths from {wavelengths[0]:.3g} to {wavelengths[-1]:.3g} positions; PE . PE:", products[:5].round(3))
